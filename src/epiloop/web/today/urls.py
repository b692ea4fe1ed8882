"""The address of today's list."""

from django.urls import path

from epiloop.web.today import views

urlpatterns = [path("today/", views.today, name="today")]
