import gc

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from bss.settings import choose

choose(serves=True)

application = ProtocolTypeRouter({"http": get_asgi_application()})

# Import every route now; what is here by then stays, so the collector need not look at it again.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
