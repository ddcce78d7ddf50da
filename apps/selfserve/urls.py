from django.urls import path

from . import views

app_name = "selfserve"
urlpatterns = [
    path("", views.welcome, name="welcome"),
]
