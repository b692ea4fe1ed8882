"""Addresses of the audit."""

from django.urls import path

from epiloop.web.audit import views

urlpatterns = [
    path("audit/", views.acts, name="audit"),
    path("audit/reads/", views.reads, name="audit-reads"),
]
