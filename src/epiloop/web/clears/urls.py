"""The address of the four clears; the lists behind the gaps are the board's."""

from django.urls import path

from epiloop.web.clears import views

urlpatterns = [path("clears/", views.clears, name="four-clears")]
