from django.urls import path

from marketplace.site.views import desk, home, public, security_txt

app_name = "site"
urlpatterns = [
    path("", home.home, name="home"),
    path("bureau/", desk.desk, name="desk"),
    path("aide/", public.help_page, name="help"),
    path("doctrine/", public.doctrine, name="doctrine"),
    path("accessibilite/", public.accessibility, name="accessibility"),
    path("mentions-legales/", public.legal, name="legal"),
    path("donnees-personnelles/", public.personal_data, name="personal_data"),
    path("cookies/", public.cookies, name="cookies"),
    path("plan-du-site/", public.site_map, name="site_map"),
    path(".well-known/security.txt", security_txt.security_txt, name="security_txt"),
    path("signaler-un-probleme/", public.report, name="report"),
]
