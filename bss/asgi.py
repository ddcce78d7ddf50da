from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from bss.settings import choose

choose()

application = ProtocolTypeRouter({"http": get_asgi_application()})
