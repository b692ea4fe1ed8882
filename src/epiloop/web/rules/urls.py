"""Addresses of the rules."""

from django.urls import path

from epiloop.web.rules import books, cases, drafts, plan, views

urlpatterns = [
    path("rules/", views.in_force, name="rules"),
    path("rules/plan/", plan.plan, name="rules-plan"),
    path("rules/cases/", cases.cases, name="rules-cases"),
    path("rules/books/", books.books, name="rules-books"),
    path("rules/books/following/", books.following, name="rules-following"),
    path("rules/books/<slug:name>/", books.adopt, name="rules-adopt"),
    path("rules/books/<slug:name>/draft/", drafts.choose, name="rules-draft"),
    path("rules/books/<slug:name>/effect/", drafts.show_effect, name="rules-effect"),
    path("rules/<slug:name>/", views.measure, name="rules-measure"),
]
