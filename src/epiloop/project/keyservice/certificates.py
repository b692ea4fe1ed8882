"""Certificates for both ends where the key service is on another machine than the application.

One authority signs one certificate for each end and is then forgotten: nobody can make a third that either end trusts.
Before they end, both are made anew.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from epiloop.project.home import KeyHome

AUTHORITY, CERTIFICATE, KEY = "tls-authority.pem", "tls-service.pem", "tls-service-key.pem"
CLIENT = ("keyservice-authority.pem", "keyservice-client.pem", "keyservice-client-key.pem")
"""Authority, certificate and key of the application, in its keys/."""

DAYS = 398
CLOCKS_DIFFER = timedelta(hours=1)


def make(home: KeyHome, host: str, *, at: datetime) -> Mapping[str, bytes]:
    """Write those of the service into its keys/, and give the application's by the names they have in its keys/.

    `host` is the name or address under which the application reaches the service.
    """
    signer = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Epiloop key service", signer.public_key(), signer, "Epiloop key service", at, None)
    ends = {}
    for end, name in (("service", host), ("client", "epiloop")):
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(name, key.public_key(), signer, "Epiloop key service", at, end)
        ends[end] = (_pem(made), _key_pem(key))
    home.write_key(AUTHORITY, _pem(authority))
    home.write_key(CERTIFICATE, ends["service"][0])
    home.write_key(KEY, ends["service"][1])
    return dict(zip(CLIENT, (_pem(authority), *ends["client"]), strict=True))


def end_of(path: Path) -> datetime:
    """When a certificate ends."""
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc


def _certificate(
    name: str,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    issuer: str,
    at: datetime,
    end: str | None,
) -> x509.Certificate:
    building = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - CLOCKS_DIFFER)
        .not_valid_after(at + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=end is None, path_length=0 if end is None else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(authority=end is None), critical=True)
    )
    if end is not None:
        use = ExtendedKeyUsageOID.SERVER_AUTH if end == "service" else ExtendedKeyUsageOID.CLIENT_AUTH
        building = building.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        building = building.add_extension(x509.SubjectAlternativeName([_host(name)]), critical=False)
    return building.sign(signer, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
