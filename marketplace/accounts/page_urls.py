from django.urls import path

from marketplace.accounts.views import account, invitation, machines, members, organisation, session, support

MEMBER = "organisation/membres/<uuid:member_id>/"
MACHINES = "organisation/comptes-de-service/"
PEOPLE = "pilotage/personnes/"

urlpatterns = [
    path("compte/", account.account, name="account"),
    path("compte/session/prolonger/", session.keep, name="session_keep"),
    path("compte/jetons/", account.tokens, name="tokens"),
    path("compte/jetons/<uuid:token_id>/revoquer/", account.token_revoke, name="token_revoke"),
    path("compte/effacer/", account.erase, name="erase"),
    path("organisation/", organisation.home, name="organisation"),
    path("organisation/changer/", organisation.switch, name="switch"),
    path("organisation/rejoindre/", organisation.join, name="join"),
    path("organisation/declarer/", organisation.declare, name="declare"),
    path("organisation/inviter/", organisation.invite_page, name="invite"),
    path(
        "organisation/invitations/<uuid:invitation_id>/annuler/",
        organisation.invitation_revoke,
        name="invitation_revoke",
    ),
    path(MEMBER, members.member, name="member"),
    path(f"{MEMBER}retirer/", members.member_end, name="member_end"),
    path(f"{MEMBER}roles/<slug:role>/confirmer/", members.role_confirm, name="role_confirm"),
    path(f"{MEMBER}roles/<slug:role>/retirer/", members.role_revoke, name="role_revoke"),
    path(MACHINES, machines.service_accounts, name="service_accounts"),
    path(f"{MACHINES}<uuid:account_id>/", machines.service_account, name="service_account"),
    path(
        f"{MACHINES}<uuid:account_id>/fermer/", machines.service_account_close, name="service_account_close"
    ),
    path(
        f"{MACHINES}<uuid:account_id>/jetons/<uuid:token_id>/revoquer/",
        machines.machine_token_revoke,
        name="machine_token_revoke",
    ),
    path("invitation/<str:secret>/", invitation.invitation, name="invitation"),
    path("invitation/<str:secret>/accepter/", invitation.invitation_accept, name="invitation_accept"),
    path(PEOPLE, support.people, name="people"),
    path(f"{PEOPLE}<uuid:person_id>/", support.person, name="person"),
    path(f"{PEOPLE}organisations/nouvelle/", support.organisation_new, name="organisation_new"),
    path(f"{PEOPLE}organisations/<int:number>/", support.organisation, name="support_organisation"),
    path(
        f"{PEOPLE}organisations/<int:number>/refuser/",
        support.organisation_reject,
        name="organisation_reject",
    ),
    path(
        f"{PEOPLE}organisations/<int:number>/inviter/",
        support.organisation_invite,
        name="organisation_invite",
    ),
    path(f"{PEOPLE}domaines/", support.domains, name="domains"),
    path(f"{PEOPLE}domaines/<int:number>/<str:domain>/retirer/", support.domain_remove, name="domain_remove"),
]
