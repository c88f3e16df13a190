from django.urls import path

from marketplace.notifications import views

app_name = "notifications"

urlpatterns = [
    path("notifications/", views.notifications, name="list"),
    path("notifications/tout-lire/", views.read_all, name="read_all"),
    path("notifications/<uuid:notification_id>/ouvrir/", views.open_notification, name="open"),
]
