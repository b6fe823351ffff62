//! `https://` and `wss://` at the port of the gateway, to whoever trusts the file that functions
//! are given.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::http::{Answer, ask, read};
use super::server::{Server, program_at, write};

const TEXT: &str = "[[function]]\nname = \"mine\"\n[[route]]\nkey = \"go\"\nfunction = \"mine\"\n";

/// A server, and the file of the certificates that its functions trust.
fn served() -> (Server, String) {
    let server = Server::start_by_hand(TEXT);
    let file = certificates_of(&server);
    (server, file)
}

fn certificates_of(server: &Server) -> String {
    let (_, file) = server.hints[0].split_once("NODE_EXTRA_CA_CERTS=").expect("a file");
    file.split(' ').next().expect("a path").to_owned()
}

fn connector(file: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file).expect("a file of certificates");
    for certificate in certificates {
        roots.add(certificate.expect("a certificate")).expect("a root");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Asks by TLS for a socket, at the address by this name.
async fn upgrade(file: &str, address: &str, name: &'static str) -> Answer {
    upgrade_as("localhost", file, address, name).await
}

/// Asks by TLS for a socket, with this host in the request.
async fn upgrade_as(host: &str, file: &str, address: &str, name: &'static str) -> Answer {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let name = ServerName::try_from(name).expect("a name");
    let stream = connector(Path::new(file)).connect(name, stream).await;
    let mut stream = stream.expect("the certificate is trusted");
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: DM+9PqsQtaZrN+IMZbWTzg==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("an answer"));
    }
    read(&String::from_utf8(head).expect("text"))
}

#[test]
fn one_port_is_for_tls_and_for_plain_connections() {
    let (server, file) = served();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        assert_eq!(upgrade(&file, &server.gateway, "localhost").await.status, 101);
        let address = Ipv4Addr::LOCALHOST.to_string();
        assert_eq!(upgrade(&file, &server.gateway, address.leak()).await.status, 101);
        let refused = upgrade_as("evil.example", &file, &server.gateway, "localhost").await;
        assert_eq!(refused.status, 403);
    });
    assert_eq!(ask(&server.gateway, "GET", "/", b"").status, 426);
    server.stop();
}

#[test]
fn the_file_of_certificates_goes_with_the_server() {
    let (server, file) = served();
    assert!(Path::new(&file).is_file());
    server.stop();
    assert!(!Path::new(&file).exists());
}

#[cfg(unix)]
#[test]
fn the_file_of_certificates_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (server, file) = served();
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    server.stop();
}

/// Only Linux has more than one loopback address from the start.
#[cfg(target_os = "linux")]
#[test]
fn two_servers_at_one_port_have_a_file_of_certificates_each() {
    let (_folder, file) = write(TEXT);
    let first = Server::start_by(&mut program_at("127.0.0.1", "0", &file), 1);
    let (_, port) = first.gateway.rsplit_once(':').expect("a port");
    let second = Server::start_by(&mut program_at("127.0.0.2", port, &file), 1);
    let [of_first, of_second] = [&first, &second].map(certificates_of);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        assert_eq!(upgrade(&of_first, &first.gateway, "127.0.0.1").await.status, 101);
        first.stop();
        assert!(!Path::new(&of_first).exists());
        assert_eq!(upgrade(&of_second, &second.gateway, "127.0.0.2").await.status, 101);
    });
    second.stop();
    assert!(!Path::new(&of_second).exists());
}
