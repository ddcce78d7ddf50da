from django.test import override_settings
from django.urls import include, path

urlpatterns = [path("", include("apps.selfserve.urls"))]


@override_settings(ROOT_URLCONF=__name__)
def test_the_front_door_greets(client, settings) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert f"<h1>{settings.BSS.brand_name}</h1>" in page.text
