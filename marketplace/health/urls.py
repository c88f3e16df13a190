from django.urls import path

from marketplace.health import views

app_name = "health"
urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
]
