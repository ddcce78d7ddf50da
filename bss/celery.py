from celery import Celery

from bss.settings import choose

choose()

app = Celery("bss")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
