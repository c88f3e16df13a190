"""The main job through the browser: who opens which page, reads what, presses which button.

Each person starts at their desk or their menu and goes on by the links that the pages give.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import pikepdf

from tests.support.browsing import Visit
from tests.support.journey import ANSWERS, DECISION, PLAN, VEHICLE, Cast, in_days, work
from tests.support.person import Person

OFFER = ANSWERS["name"]
PROJECT = "Messagerie des agents"
ACT = "Acte fictif 1"


@dataclass
class Stage:
    """One tab for each person of the cast, opened when they first appear."""

    visit: Visit
    cast: Cast
    _people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, role: str) -> Person:
        if role not in self._people:
            self._people[role] = Person.signed_in(self.visit, self.cast[role])
        return self._people[role]

    @property
    def faults(self) -> list[str]:
        """What the consoles said, of everybody and from the beginning."""
        return [fault for person in self._people.values() for fault in person.page.faults]


def list_an_offer(stage: Stage) -> None:
    """Written, sent, sent back for its notice, corrected, proposed by one person, decided by another."""
    write_the_offer(stage["supplier_editor"])
    send_the_dossier(stage["supplier_manager"])
    work()
    ask_for_corrections(stage["qualification_officer"])
    correct_the_notice(stage["supplier_editor"])
    send_it_back(stage["supplier_manager"])
    work()
    judge(stage["qualification_officer"])
    decide(stage["decision_maker"])


def write_the_offer(editor: Person) -> None:
    editor.at_desk().follow("Référencer une offre")
    write_presentation(editor)
    editor.press("Créer le brouillon").reads("Brouillon créé")
    written = []
    while editor.title != "Formules et prix":
        if write := SECTIONS.get(editor.title):
            write(editor)
            written.append(editor.title)
        editor.press("Enregistrer et continuer").reads("Enregistré à")
    assert written == list(SECTIONS)
    write_plans(editor)
    declare_the_mark(editor)
    editor.follow("Continuer vers la pile technique").examined()
    editor.menu("Mes offres").reads(OFFER, "Brouillon", "réponses sur")


def write_presentation(editor: Person) -> None:
    editor.fill("Quel est le nom de l’offre", ANSWERS["name"])
    editor.answer("Que fournissez-vous", "SaaS (logiciel)")
    place = "Bureautique et collaboration › Communication › Messagerie et agendas"
    editor.pick("Dans quelle catégorie la chercher", place)
    editor.fill("À quoi sert-elle", ANSWERS["description"])
    editor.fill("Quelle est l’adresse du site", ANSWERS["website"])


def write_hosting(editor: Person) -> None:
    editor.fill("Où les données sont-elles stockées", "FR-Exempleville")
    editor.fill("Où les données sont-elles traitées", "FR-Exempleville")
    editor.answer("Une loi d’un État hors de l’Union européenne", "Non")


def write_exit(editor: Person, *, months: str = "4") -> None:
    editor.fill("Quel préavis", months)
    editor.fill("En combien de jours la bascule", "30")
    editor.fill("Combien de jours les données restent-elles récupérables", "30")
    editor.fill("Dans quels formats", ANSWERS["exit_formats"])


def write_security(editor: Person) -> None:
    """Nothing here is required: the gaps stay unknown."""
    editor.reads("Qui détient les clés")


def write_service(editor: Person) -> None:
    editor.answer("Quel est l’état de conformité au RGAA", "Conformité partielle")
    editor.answer("Le contrat contient-il les clauses de l’article 28", "Oui")


SECTIONS = {
    "Lieux et droit applicable": write_hosting,
    "Sécurité": write_security,
    "Qualité de service": write_service,
    "Sortie et réversibilité": write_exit,
}


def write_plans(editor: Person) -> None:
    editor.fill("Nom de la formule", PLAN["name"])
    write_line(editor, 1, label="Poste", nature="À l’unité", price="3,90", unit="poste", period="par mois")
    editor.press("Ajouter une ligne…")
    write_line(editor, 2, label="Mise en service", nature="Une seule fois", price="1500", period="sans durée")
    editor.examined()
    editor.press("Enregistrer et continuer").reads("Enregistré à")


def write_line(
    editor: Person, position: int, *, label: str, nature: str, price: str, period: str, unit: str = ""
) -> None:
    line = editor.within("group", f"Ligne de prix {position}")
    line.fill("Ligne de prix", label).pick("Nature", nature).fill("Prix en euros HT", price)
    line.fill("Unité", unit).pick("Durée", period)


def declare_the_mark(editor: Person) -> None:
    editor.pick("Référentiel", "SecNumCloud").fill("Périmètre", "Messagerie").pick("Statut", "En vigueur")
    editor.fill("Début de validité", in_days(-30).isoformat())
    editor.fill("Fin de validité", in_days(900).isoformat())
    editor.fill("Numéro de décision", DECISION).fill("Organisme qui l’a délivré", "ANSSI")
    editor.join_file("Certificat", "certificat.pdf", a_certificate())
    editor.press("Ajouter la déclaration").reads("Déclaration enregistrée", "Certificat joint")


def a_certificate() -> bytes:
    kept = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(kept)
    return kept.getvalue()


def send_the_dossier(manager: Person) -> None:
    manager.at_desk().menu("Mes offres").at_row(OFFER).follow("Modifier…")
    manager.follow("Envoyer pour examen").press("Ouvrir le dossier").reads(OFFER, "Brouillon")
    manager.follow("Envoyer le dossier").reads("Le délai commence aujourd’hui")
    manager.press("Envoyer le dossier").reads("Dossier envoyé")


def ask_for_corrections(officer: Person) -> None:
    officer.at_desk().follow("Ouvrir le plus ancien")
    officer.reads("Non conforme").examined()
    officer.follow("Prendre ce dossier")
    officer.answer("Avez-vous un lien avec ce fournisseur", "Je n’ai aucun lien avec ce fournisseur")
    officer.press("Enregistrer ma déclaration").reads("Ce dossier est à vous")
    officer.follow("Demander des corrections")
    officer.fill("Ce qu’il faut corriger", "Ramenez le préavis à deux mois.")
    officer.press("Demander des corrections").reads("Le délai est en pause")


def correct_the_notice(editor: Person) -> None:
    editor.at_desk().follow("Répondre aux corrections").reads("Ramenez le préavis à deux mois.")
    editor.follow("Modifier l’offre").follow("Sortie et réversibilité")
    write_exit(editor, months="2")
    editor.press("Enregistrer et continuer").reads("Enregistré à")


def send_it_back(manager: Person) -> None:
    manager.at_desk().follow("Répondre aux corrections").follow("Répondre aux corrections")
    manager.fill("Ce que vous avez corrigé", "Préavis ramené à deux mois.")
    manager.press("Renvoyer le dossier").reads("Votre place dans la file est gardée")


def judge(officer: Person) -> None:
    officer.at_desk().follow("Ouvrir le plus ancien").follow("Instruire les exigences")
    officer.follow("Juger…").examined()
    while officer.sees("button", "Enregistrer le constat"):
        officer.answer("Votre constat", "Conforme").fill("Ce que vous avez vu", "Relu.")
        officer.press("Enregistrer le constat").reads("Constat enregistré")
    officer.follow("Proposer une décision")
    officer.answer("Décision proposée", "Référencer").fill("Motifs", "Conditions remplies.")
    officer.press("Proposer cette décision").reads("Une autre personne décidera")


def decide(decider: Person) -> None:
    decider.at_desk().follow("Examiner la proposition").follow("Décider").reads("Conditions remplies.")
    decider.answer("Décision", "Référencer").tick("Je n’ai aucun lien avec ce fournisseur")
    decider.press("Décider").reads("Le fournisseur peut la lire")


def order_it(stage: Stage) -> None:
    """A need assessed, an offer kept, an order advised, approved, committed, sent, acknowledged."""
    record_the_vehicle(stage["purchasing"])
    create_the_project(stage["requester"])
    assess_it(stage["requester"])
    advise(stage["security_officer"])
    advise(stage["data_officer"])
    settle_the_sensitivity(stage["qualified_authority"])
    keep_the_offer(stage["requester"])
    write_the_order(stage["requester"])
    advise(stage["security_officer"], verdict="Défavorable")
    advise(stage["data_officer"])
    approve(stage["approver"])
    commit(stage["finance"])
    send_the_order(stage["requester"])
    acknowledge(stage["supplier_manager"])


def record_the_vehicle(purchasing: Person) -> None:
    purchasing.at_desk().menu("Commandes et contrats").follow("Voir les supports d’achat")
    purchasing.follow("Enregistrer un support d’achat").answer("Nature", "Centrale d’achat")
    purchasing.fill("Objet", VEHICLE["title"]).fill("Référence", VEHICLE["reference"])
    purchasing.fill("Titulaire", VEHICLE["holder_name"])
    purchasing.fill("Premier jour", in_days(-10).isoformat()).fill("Dernier jour", in_days(900).isoformat())
    purchasing.fill("Maximum, en euros", VEHICLE["maximum_eur"])
    purchasing.press("Enregistrer le support").reads(f"Support d’achat {VEHICLE['reference']} enregistré")


def create_the_project(requester: Person) -> None:
    requester.at_desk().follow("Créer un projet")
    requester.fill("Objet", PROJECT).fill("Besoin", "Courriel de 250 agents.")
    requester.pick("Nature du projet", "Un projet nouveau")
    requester.pick("Hébergement envisagé", "Un cloud commercial")
    requester.answer("Modèles de service recherchés", "SaaS (logiciel)")
    requester.fill("Coût complet, en euros HT", "90000")
    requester.press("Créer le projet").reads("Étapes du projet")


def assess_it(requester: Person) -> None:
    requester.follow("Analyser la sensibilité").reads("Votre projet").press("Continuer")
    requester.answer("Vos données sont-elles", "Un secret protégé par la loi")
    requester.answer("Le système traite-t-il des données personnelles", "Oui")
    requester.answer("Le système traite-t-il des données de santé", "Non")
    requester.examined().press("Continuer")
    requester.answer("Une atteinte à ces données", "L’ordre public").press("Continuer")
    requester.reads("Obligatoire", "SecNumCloud").examined()
    requester.press("Demander les avis").reads("Avis demandés")


def advise(adviser: Person, *, verdict: str = "Favorable") -> None:
    adviser.at_desk().follow("Donner mon avis")
    adviser.answer("Votre avis", verdict).fill("Ce que vous avez regardé", "Lu.")
    adviser.press("Donner mon avis").reads("Avis enregistré")


def settle_the_sensitivity(authority: Person) -> None:
    authority.at_desk().follow("Décider").follow("Décider")
    authority.fill("Motif", "Sensibilité retenue.").press("Décider").reads("Décision enregistrée")


def keep_the_offer(requester: Person) -> None:
    """Two offers kept and compared, ours alone frozen."""
    requester.at_desk().follow("Choisir les offres").examined()
    requester.follow(OFFER).reads("Qualifiée SecNumCloud par l’ANSSI", "Vérifié par nos contrôles").examined()
    requester.at_desk().follow("Choisir les offres")
    requester.press(f"Présélectionner « {OFFER} »").reads("ajoutée à la présélection")
    other = requester.name_of("button", "Présélectionner…")
    requester.press(other).reads("Présélection : 2 sur 30")
    requester.follow("Comparer les offres présélectionnées").reads("Comparer 2 offres", OFFER).examined()
    requester.at_desk().follow("Choisir les offres")
    requester.press(other.replace("Présélectionner", "Retirer de la présélection"))
    requester.reads("Présélection : 1 sur 30").follow("Figer la présélection")
    requester.press("Figer la présélection").reads("Présélection figée", OFFER)


def write_the_order(requester: Person) -> None:
    requester.press("Passer à l’achat").follow("Commander").follow(f"Commander « {OFFER} »")
    requester.fill("Poste", "250").fill("Mise en service", "1").press("Continuer")
    requester.fill("Premier jour", in_days(30).isoformat()).fill("Dernier jour", in_days(394).isoformat())
    requester.press("Continuer").pick("Support d’achat", f"{VEHICLE['reference']} — {VEHICLE['title']}")
    requester.fill("Ligne budgétaire", "Action 01")
    requester.answer("Régime de TVA du fournisseur", "TVA facturée").press("Continuer")
    requester.reads("13 200,00 € HT", "15 840,00 € TTC").examined()
    requester.press("Demander les avis").reads("Rien n’est encore parti au fournisseur")


def approve(approver: Person) -> None:
    approver.at_desk().follow("Examiner le bon de commande").reads("RSSI : Défavorable").examined()
    approver.follow("Approuver 15 840,00 € TTC").press("Approuver 15 840,00 € TTC")
    approver.reads("Bon de commande approuvé")


def commit(finance: Person) -> None:
    finance.at_desk().follow("Saisir le numéro d’engagement").fill("Numéro d’engagement", "1400000042")
    finance.press("Saisir le numéro d’engagement").reads("Numéro d’engagement enregistré")


def send_the_order(requester: Person) -> None:
    requester.at_desk().follow("Envoyer au fournisseur").follow("Envoyer au fournisseur")
    requester.press("Envoyer au fournisseur").reads("Bon de commande envoyé")


def acknowledge(manager: Person) -> None:
    manager.at_desk().follow("Accuser réception").follow("Accuser réception")
    manager.press("Accuser réception").reads("Le contrat est ouvert")


def lose_the_status(stage: Stage) -> None:
    """Two pages: the fact, then what it touches."""
    curator = stage["curator"]
    curator.at_desk().menu("Qualifications et registres").fill("Nom de l’offre", OFFER).press("Filtrer")
    curator.follow(OFFER + "…").follow("Suspendre")
    curator.fill("Référence de l’acte", ACT).fill("Date de l’acte", in_days(0).isoformat())
    curator.fill("Motif", "Essai.").press("Voir les effets")
    curator.reads("1 offre, 1 projet", "1 contrat", "3 personnes seront prévenues").examined()
    curator.press("Suspendre et prévenir").reads("Effets visibles", "Suspendue n’est pas retirée")


def the_loss_shows(stage: Stage) -> None:
    """On the desk, the contract, the order, the project's offers and the sheet."""
    requester = stage["requester"]
    requester.at_desk().reads("Décider de la suite : réexamen").follow("Décider de la suite")
    requester.reads("Réexamen ouvert le", "SecNumCloud suspendue", "le statut peut être rétabli").examined()
    requester.follow("BC-…").reads("Statut exigé absent", "SecNumCloud suspendue").examined()
    requester.menu("Projets").follow("PRJ-…").reads("Réception accusée", "Voir le contrat").examined()
    requester.follow("Choisir les offres").reads("Un statut a changé depuis", "SecNumCloud : Suspendue")
    requester.follow("Voir les offres conformes aujourd’hui").open_details("Voir pourquoi").reads(OFFER)
    requester.at_row(OFFER).reads("Suspendue").follow(OFFER)
    requester.reads(
        "SecNumCloud suspendue", f"par l’ANSSI (acte « {ACT} »)", "Constaté au registre"
    ).examined()
    stage["supplier_manager"].at("/notifications/").reads("statut perdu ou suspendu")
