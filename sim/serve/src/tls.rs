//! `https://` and `wss://` at a port of this machine, for functions whose code says `https://`.
//!
//! A certificate authority is made up at the start, and its key is dropped at once. Nothing else
//! can be certified in its name, so a program that trusts it trusts this server and nothing else.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use tempfile::TempPath;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

use crate::http::HEAD_MAX;

/// The files in which systems keep the certificates that they trust.
const SYSTEM_BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The first byte of a connection that begins with a TLS handshake (RFC 8446 5.1).
const HANDSHAKE: u8 = 0x16;

/// A connection of a client, with TLS or without it.
pub(crate) enum ClientStream {
    Plain(TcpStream),
    Secured(Box<TlsStream<TcpStream>>),
}

/// Accepts a connection by TLS if it begins like it. A client may take as long to begin as for the
/// head of a request.
pub(crate) async fn accept_any(stream: TcpStream, tls: TlsAcceptor) -> io::Result<ClientStream> {
    let accepting = async {
        let mut first = [0];
        stream.peek(&mut first).await?;
        if first != [HANDSHAKE] {
            return Ok(ClientStream::Plain(stream));
        }
        Ok(ClientStream::Secured(Box::new(tls.accept(stream).await?)))
    };
    timeout(HEAD_MAX, accepting).await?
}

/// The reason why no certificate can be made. Each one says that this machine is broken.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// A certificate for one address of this machine, and the file that vouches for it.
pub(crate) struct LocalCertificate {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) bundle: CertificateBundle,
}

impl LocalCertificate {
    /// Issues a certificate for `address`, and for `localhost`.
    pub(crate) fn issue(address: SocketAddr) -> Result<LocalCertificate, Error> {
        let authority = CertifiedIssuer::self_signed(authority(), KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = [address.ip().to_string(), "localhost".to_owned()];
        let certificate = CertificateParams::new(names)?.signed_by(&key, &authority)?;
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        let bundle = CertificateBundle::write(&authority.pem())?;
        Ok(LocalCertificate { acceptor: TlsAcceptor::from(Arc::new(config)), bundle })
    }
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Stormglass on this machine");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

/// A file of certificates: the authority's, and after it all that the system trusts, for most
/// programs that are given such a file trust nothing else. Only the user of this server can read
/// the file. It is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct CertificateBundle {
    path: TempPath,
}

impl CertificateBundle {
    /// Writes the file at a path that no other server has: two of them may have the same port, one
    /// after the other or at two addresses.
    fn write(authority: &str) -> io::Result<CertificateBundle> {
        let mut file = tempfile::Builder::new().prefix("stormglass-").suffix(".pem").tempfile()?;
        file.write_all(authority.as_bytes())?;
        file.write_all(&system_bundle())?;
        Ok(CertificateBundle { path: file.into_temp_path() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn system_bundle() -> Vec<u8> {
    let named = env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let known = SYSTEM_BUNDLES.into_iter().map(PathBuf::from);
    named.into_iter().chain(known).find_map(|path| fs::read(path).ok()).unwrap_or_default()
}
