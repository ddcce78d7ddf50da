import pytest
from django.db import OperationalError
from django.test import override_settings
from django.urls import path

from bss.urls import urlpatterns


def lost(request):
    raise OperationalError("the connection is lost")


def broken(request):
    raise ValueError("a defect")


urlpatterns = [*urlpatterns, path("lost", lost), path("broken", broken)]


def test_the_process_is_live_without_a_database(client):
    assert client.get("/health/live").content == b"ok"


def test_it_is_ready_when_both_servers_answer(client, db):
    assert client.get("/health/ready").json() == {"postgres": True, "valkey": True}


def test_it_is_not_ready_without_a_server(client, db, settings):
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json() == {"postgres": True, "valkey": False}


@override_settings(ROOT_URLCONF=__name__)
def test_a_lost_database_asks_for_patience(client):
    response = client.get("/lost")

    assert response.status_code == 503
    assert response["Retry-After"] == "2"


@override_settings(ROOT_URLCONF=__name__)
def test_a_defect_stays_a_defect(client):
    with pytest.raises(ValueError, match="a defect"):
        client.get("/broken")
