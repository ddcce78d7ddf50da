import gc

from celery import Celery, signals

from bss.settings import choose

choose()

app = Celery("bss")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_before_create_process.connect
@signals.worker_ready.connect
def freeze(**_: object) -> None:
    """Keep the collector from looking again at what is here for good, in children of ours too."""
    gc.collect()
    gc.freeze()
