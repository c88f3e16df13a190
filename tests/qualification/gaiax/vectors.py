"""Credentials of both generations signed by keys made here: a notary, a provider, an authority."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from joserfc import jwk, jws

from qualification.gaiax import graph
from qualification.gaiax.contexts import JWS2020, LOIRE, TAGUS, VC1, VC2
from qualification.gaiax.material import SUPPLIED, Material
from qualification.gaiax.signature import REGISTRY

# The moment of the run: pages and workers judge by the clock, and would find a fixed day too old one day.
NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)


def at(days: int) -> str:
    """So many days from now, as credentials write it."""
    return (NOW + dt.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


PROVIDER, NOTARY = "did:web:fournisseur.example", "did:web:notaire.example:v1"
TERMS = (
    "The PARTICIPANT signing the Self-Description agrees as follows:\n- to update its descriptions about any"
    " changes, be it technical, organizational, or legal - especially but not limited to contractual in"
    " regards to the indicated attributes present in the descriptions.\n\nThe keypair used to sign Verifiable"
    " Credentials will be revoked where Gaia-X Association becomes aware of any inaccurate statements in"
    " regards to the claims which result in a non-compliance with the Trust Framework and policy rules"
    " defined in the Policy Rules and Labelling Document (PRLD)."
)
LOIRE_TERMS = "4bd7554097444c960292b4726c2efa1373485e8a5565d94d41195214c5e0ceb3"
ROOT = "Autorité d’essai"
PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Signer:
    """A DID with one key, its certificate and its document."""

    did: str
    algorithm: str
    key: Any
    certificate: x509.Certificate

    @property
    def method(self) -> str:
        return f"{self.did}#cle"

    @property
    def jwk(self) -> Any:
        pem = self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return jwk.import_key(pem, {"ES": "EC", "Ed": "OKP"}.get(self.algorithm[:2], "RSA"))

    def sign(self, signed: bytes) -> str:
        """An Ed25519 signature, in base64url: joserfc warns of the name that credentials use."""
        return base64.urlsafe_b64encode(self.key.sign(signed)).rstrip(b"=").decode()

    def document(self, **more: Any) -> dict[str, Any]:
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        public = {**self.jwk.as_dict(private=False), "alg": self.algorithm}
        public = {name: value for name, value in public.items() if name != "kid"}
        method = {
            "id": self.method,
            "type": "JsonWebKey2020",
            "controller": self.did,
            "publicKeyJwk": {**public, "x5c": [base64.b64encode(der).decode()], **more},
        }
        return {"id": self.did, "verificationMethod": [method], "assertionMethod": [self.method]}


def _certificate(
    name: str, key: Any, *, issuer: tuple[str, Any], ca: bool = False, until: dt.datetime | None = None
) -> x509.Certificate:
    def called(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer[0]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=30))
        .not_valid_after(until or NOW + dt.timedelta(days=60))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key()), critical=False
        )
    )
    if ca:
        others = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
        usage = dict.fromkeys((*others, "key_agreement", "encipher_only", "decipher_only"), False)
        builder = builder.add_extension(
            x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
        )
    else:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(issuer[1], hashes.SHA256())


@cache
def authority(name: str) -> tuple[Any, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate(name, key, issuer=(name, key), ca=True)


def anchors(name: str = ROOT) -> str:
    return authority(name)[1].public_bytes(PEM).decode()


@cache
def _key(kind: str, _which: str) -> Any:
    if kind.startswith("ES"):
        return ec.generate_private_key(ec.SECP256R1())
    if kind.startswith("Ed"):
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048)


@cache
def signer(
    did: str = PROVIDER,
    algorithm: str = "ES256",
    *,
    host: str = "",
    until: dt.datetime | None = None,
    which: str = "",
) -> Signer:
    """``host``: the name in the certificate, the DID's own by default. ``which``: another key."""
    key = _key(algorithm[:2], f"{did}{which}")
    name = host or did.split(":")[2]
    root = authority(ROOT)
    certificate = _certificate(name, key, issuer=(ROOT, root[0]), until=until)
    return Signer(did, algorithm, key, certificate)


def sign_jwt(by: Signer, payload: dict[str, Any], **header: Any) -> str:
    head = {"alg": by.algorithm, "typ": "vc+jwt", "cty": "vc", "kid": by.method, "iss": by.did, **header}
    if by.algorithm.startswith("Ed"):
        signed = f"{_part(head)}.{_part(payload)}"
        return f"{signed}.{by.sign(signed.encode())}"
    return str(jws.serialize_compact(head, json.dumps(payload).encode(), by.jwk, registry=REGISTRY))


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def sign_tagus(by: Signer, document: dict[str, Any]) -> dict[str, Any]:
    """The Gaia-X variant: a detached JWS over the hexadecimal digest of the canonical form."""
    digest = graph.digest(graph.expand(document))
    return {**document, "proof": {**_options(by), "jws": _detached(by, digest.encode())}}


def sign_standard(by: Signer, document: dict[str, Any], **options: Any) -> dict[str, Any]:
    """JsonWebSignature2020 as published: over the digests of the proof's options and of the document."""
    proof = {**_options(by), **options}
    digests = [
        bytes.fromhex(graph.digest(graph.expand(one)))
        for one in ({"@context": [VC1, JWS2020], **proof}, document)
    ]
    return {**document, "proof": {**proof, "jws": _detached(by, b"".join(digests))}}


def _options(by: Signer) -> dict[str, Any]:
    return {
        "type": "JsonWebSignature2020",
        "created": at(-6),
        "proofPurpose": "assertionMethod",
        "verificationMethod": by.method,
    }


def _detached(by: Signer, payload: bytes) -> str:
    header = {"alg": by.algorithm, "b64": False, "crit": ["b64"]}
    if by.algorithm.startswith("Ed"):
        head = _part(header)
        return f"{head}..{by.sign(head.encode() + b'.' + payload)}"
    head = _part(header)
    signature = REGISTRY.get_alg(by.algorithm).sign(head.encode() + b"." + payload, by.jwk)
    return f"{head}..{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def loire(name: str, subject: dict[str, Any], *, by: str = PROVIDER, **more: Any) -> dict[str, Any]:
    return {
        "@context": [VC2, LOIRE],
        "id": f"https://fournisseur.example/titres/{name}",
        "type": ["VerifiableCredential", subject["type"]],
        "issuer": by,
        "validFrom": at(-25),
        "validUntil": at(67),
        "credentialSubject": {"id": f"https://fournisseur.example/titres/{name}#sujet", **subject},
        **more,
    }


def tagus(name: str, subject: dict[str, Any], *, by: str = PROVIDER, **more: Any) -> dict[str, Any]:
    return {
        "@context": [VC1, JWS2020, TAGUS],
        "id": f"https://fournisseur.example/titres/{name}",
        "type": ["VerifiableCredential"],
        "issuer": by,
        "issuanceDate": at(-25),
        "expirationDate": at(67),
        "credentialSubject": {"id": f"https://fournisseur.example/titres/{name}#sujet", **subject},
        **more,
    }


def link(name: str) -> dict[str, str]:
    return {"id": f"https://fournisseur.example/titres/{name}#sujet"}


def loire_credentials() -> dict[str, dict[str, Any]]:
    address = {"type": "gx:Address", "gx:countryCode": "FR"}
    terms = {"type": "gx:TermsAndConditions", "gx:hash": "0" * 64}
    return {
        "number": loire("number", {"type": "gx:VatID", "gx:vatID": "FR00123456789"}, by=NOTARY),
        "person": loire(
            "person",
            {
                "type": "gx:LegalPerson",
                "gx:registrationNumber": link("number"),
                "gx:headquartersAddress": address,
                "gx:legalAddress": address,
            },
        ),
        "terms": loire(
            "terms",
            {
                "type": "gx:Issuer",
                "gx:gaiaxTermsAndConditions": LOIRE_TERMS,
            },
        ),
        "offer": loire(
            "offer",
            {
                "type": "gx:ServiceOffering",
                "gx:providedBy": link("person"),
                "serviceOfferingTermsAndConditions": {**terms, "url": "https://fournisseur.example/cgu"},
            },
        ),
    }


def tagus_credentials() -> dict[str, dict[str, Any]]:
    address = {"gx:countrySubdivisionCode": "FR-IDF"}
    return {
        "number": tagus(
            "number", {"type": "gx:legalRegistrationNumber", "gx:vatID": "FR00123456789"}, by=NOTARY
        ),
        "person": tagus(
            "person",
            {
                "type": "gx:LegalParticipant",
                "gx:legalName": "Fournisseur d’essai",
                "gx:legalRegistrationNumber": link("number"),
                "gx:headquarterAddress": address,
                "gx:legalAddress": address,
            },
        ),
        "terms": tagus("terms", {"type": "gx:GaiaXTermsAndConditions", "gx:termsAndConditions": TERMS}),
        "offer": tagus(
            "offer",
            {
                "type": "gx:ServiceOffering",
                "gx:providedBy": link("person"),
                "gx:policy": "default: allow",
                "gx:termsAndConditions": {"gx:URL": "https://fournisseur.example/cgu", "gx:hash": "0" * 64},
                "gx:dataAccountExport": {
                    "gx:requestType": "API",
                    "gx:accessType": "digital",
                    "gx:formatType": "application/json",
                },
            },
        ),
    }


@dataclass
class Bundle:
    """A presentation to be made, and what it will be judged with; a test changes one thing of it."""

    generation: str
    credentials: dict[str, dict[str, Any]] = field(default_factory=dict)
    signers: dict[str, Signer] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    anchors: str = ""

    @classmethod
    def of(cls, generation: str) -> Bundle:
        algorithm = "ES256" if generation == "loire" else "PS256"
        signers = {did: signer(did, algorithm) for did in (PROVIDER, NOTARY)}
        credentials = loire_credentials() if generation == "loire" else tagus_credentials()
        documents = {did: one.document() for did, one in signers.items()}
        return cls(generation, credentials, signers, documents, anchors())

    @property
    def start(self) -> str:
        return "validFrom" if self.generation == "loire" else "issuanceDate"

    @property
    def end(self) -> str:
        return "validUntil" if self.generation == "loire" else "expirationDate"

    def sign(self, name: str) -> Any:
        document = self.credentials[name]
        by = self.signers[document["issuer"]]
        return sign_jwt(by, document) if self.generation == "loire" else sign_tagus(by, document)

    def present(self, signed: dict[str, Any]) -> str:
        """The text of a presentation: signed and enveloping (Loire), or plain JSON (Tagus)."""
        if self.generation == "tagus":
            presentation = {"@context": VC1, "type": "VerifiablePresentation"}
            return json.dumps({**presentation, "verifiableCredential": list(signed.values())})
        enveloped = [
            {
                "@context": VC2,
                "type": "EnvelopedVerifiableCredential",
                "id": f"data:application/vc+jwt,{text}",
            }
            for text in signed.values()
        ]
        payload = {"@context": [VC2], "type": ["VerifiablePresentation"], "holder": PROVIDER}
        return sign_jwt(
            self.signers[PROVIDER], {**payload, "verifiableCredential": enveloped}, typ="vp+jwt", cty="vp"
        )

    def text(self) -> str:
        return self.present({name: self.sign(name) for name in self.credentials})

    @property
    def material(self) -> Material:
        return Material(did_documents=self.documents, anchors=self.anchors, origin=SUPPLIED)
