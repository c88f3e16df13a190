"""The X.509 chain of a key: to an anchor, over the issuer's host, its leaf being that very key."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import verification

from qualification.gaiax import bounds
from qualification.gaiax.did import PublishedKey
from qualification.gaiax.report import Findings

MOST_CERTIFICATES = 8
MOST_ANCHORS = 500


class BadCertificates(ValueError):
    """The message says, in French, what cannot be read."""


def read_pem(text: str | list[str]) -> list[x509.Certificate]:
    """Certificates of PEM text, or of a list of PEM texts. Raises BadCertificates."""
    joined = text if isinstance(text, str) else "\n".join(str(one) for one in text)
    if not joined.strip():
        return []
    try:
        return x509.load_pem_x509_certificates(joined.encode())
    except ValueError:
        raise BadCertificates("Des certificats ne sont pas lisibles : ils sont attendus en PEM.") from None


def judge_chain(
    key: PublishedKey | None,
    *,
    chains: dict[str, str],
    anchors: list[x509.Certificate],
    findings: Findings,
    now: dt.datetime,
    path: str,
) -> None:
    """``chains``: the PEM text already at hand for an `x5u`. Unknown without it, or without anchors."""
    findings.passed("chain")
    if key is None:
        findings.unknown("chain", "La chaîne ne peut être lue : la clé manque.", path)
        return
    try:
        certificates = _presented(key.jwk, chains)
    except BadCertificates as error:
        findings.fail("chain", str(error), path)
        return
    if certificates is None:
        findings.unknown("chain", "La chaîne de certificats (« x5u ») n’a pas été fournie ou obtenue.", path)
    elif _spki(certificates[0].public_key()) != _spki(key.key.public_key):
        findings.fail("chain", "Le premier certificat n’est pas celui de la clé publiée.", path)
    elif not anchors:
        findings.unknown("chain", "Aucune ancre de confiance n’est configurée ni fournie.", path)
    elif problem := _leads(certificates, anchors, host=key.host, now=now):
        findings.fail("chain", problem, path)


def _presented(jwk: dict[str, Any], chains: dict[str, str]) -> list[x509.Certificate] | None:
    """Leaf first. None: an `x5u` whose content is not at hand. Raises BadCertificates."""
    if jwk.get("x5c"):
        return _of_x5c(jwk["x5c"])
    url = jwk.get("x5u")
    if not url:
        raise BadCertificates("La clé ne porte ni « x5c » ni « x5u » : rien ne la lie à une autorité.")
    text = chains.get(str(url))
    if text is None:
        return None
    certificates = read_pem(text) if len(text) <= bounds.CHAIN else []
    return _bounded(certificates)


def _of_x5c(values: Any) -> list[x509.Certificate]:
    try:
        ders = [
            base64.b64decode(str(value), validate=True) for value in list(values)[: MOST_CERTIFICATES + 1]
        ]
        return _bounded([x509.load_der_x509_certificate(der) for der in ders])
    except (binascii.Error, ValueError, TypeError):
        raise BadCertificates("La chaîne « x5c » n’est pas lisible.") from None


def _bounded(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    if not 1 <= len(certificates) <= MOST_CERTIFICATES:
        raise BadCertificates(f"Une chaîne compte de 1 à {MOST_CERTIFICATES} certificats.")
    return certificates


def _leads(
    certificates: list[x509.Certificate], anchors: list[x509.Certificate], *, host: str, now: dt.datetime
) -> str:
    """What is wrong with the path, in French; empty when it holds."""
    leaf = certificates[0]
    if isinstance(leaf.public_key(), Ed25519PublicKey):
        return _walk(certificates, anchors, host=host, now=now)
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        return "Le certificat de la clé n’est pas en cours de validité."
    policies = verification.ExtensionPolicy
    names_required = policies.permit_all().require_present(
        x509.SubjectAlternativeName, verification.Criticality.AGNOSTIC, None
    )
    builder = (
        verification.PolicyBuilder()
        .store(verification.Store(anchors[:MOST_ANCHORS]))
        .time(now)
        .max_chain_depth(MOST_CERTIFICATES)
        .extension_policies(ca_policy=policies.webpki_defaults_ca(), ee_policy=names_required)
    )
    try:
        builder.build_server_verifier(x509.DNSName(host)).verify(leaf, certificates[1:])
    except (verification.VerificationError, ValueError):
        return f"La chaîne ne mène à aucune ancre reconnue, ou le certificat ne couvre pas « {host} »."
    return ""


def _walk(
    certificates: list[x509.Certificate], anchors: list[x509.Certificate], *, host: str, now: dt.datetime
) -> str:
    """The same for an Ed25519 key, which the profile of web certificates leaves out: dates, names, and each
    certificate issued by an authority, up to an anchor."""
    leaf, above = certificates[0], [*certificates[1:], *anchors[:MOST_ANCHORS]]
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return f"Le certificat ne couvre pas « {host} »."
    trusted = {one.fingerprint(SHA256()) for one in anchors}
    if host not in [name.lower() for name in names.get_values_for_type(x509.DNSName)]:
        return f"Le certificat ne couvre pas « {host} »."
    current = leaf
    for _ in range(MOST_CERTIFICATES):
        if not current.not_valid_before_utc <= now <= current.not_valid_after_utc:
            return "Un certificat de la chaîne n’est pas en cours de validité."
        if current.fingerprint(SHA256()) in trusted:
            return ""
        issuer = next((one for one in above if one is not current and _issued(current, one)), None)
        if issuer is None:
            break
        current = issuer
    return f"La chaîne ne mène à aucune ancre reconnue, ou le certificat ne couvre pas « {host} »."


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        constraints = by.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(by)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError):
        return False
    return bool(constraints.ca)


def _spki(key: Any) -> bytes:
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
