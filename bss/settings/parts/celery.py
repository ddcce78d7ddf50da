"""Celery: messages only wake workers up, the truth is in PostgreSQL."""

from kombu import Queue

from bss.settings.parts.redis import BROKER, numbered

QUEUES = ("default", "orders", "money", "renewals", "mail")

CELERY_BROKER_URL = numbered(BROKER)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    # A dead broker may cost a commit milliseconds, not seconds.
    "max_retries": 0,
    "socket_connect_timeout": 0.2,
    "socket_timeout": 5,
}
CELERY_TASK_QUEUES = [Queue(name) for name in QUEUES]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
