//! One contract for both places where bytes are kept: a folder, and S3 spoken to a real server.

use std::net::Ipv4Addr;
use std::sync::Arc;

use futures::StreamExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use secrecy::SecretString;
use server::config::{ObjectsPlace, S3};
use server::objects::Objects;
use tokio::net::TcpListener;

const KEY: &str = "AKIATESTKEY";
const SECRET: &str = "testsecretkey0123456789";

/// Everything that is asked of a place.
async fn contract(objects: &Objects) {
    let key = "avatars/user_usr_1/avatar_ava_1/photos/processed/pho_1.jpg";
    assert!(objects.get(key).await.expect_err("nothing is there yet").is_absent());

    objects.put(key, b"one".to_vec()).await.expect("written");
    assert_eq!(&objects.get(key).await.expect("read")[..], b"one");

    // Written again by a job that was repeated: the same key, the same bytes, no harm.
    objects.put(key, b"one".to_vec()).await.expect("written again");

    let folder = tempfile::tempdir().expect("a folder");
    let large: Vec<u8> = (0..11 * 1024 * 1024_u32).map(|it| (it % 251) as u8).collect();
    let file = folder.path().join("large");
    std::fs::write(&file, &large).expect("a file");
    let zip = "avatars/user_usr_1/avatar_ava_1/training_data/portrait_set.zip";
    objects.put_file(zip, &file).await.expect("a large file, in parts");
    let (bytes, mut pieces) = objects.stream(zip).await.expect("streamed");
    let mut read = Vec::new();
    while let Some(piece) = pieces.next().await {
        read.extend_from_slice(&piece.expect("a piece"));
    }
    assert_eq!(bytes, large.len() as u64);
    assert!(read == large, "what comes back is what was put there");

    objects.delete(key).await.expect("deleted");
    objects.delete(key).await.expect("deleting what is gone is no failure");
    assert!(objects.get(key).await.expect_err("it is gone").is_absent());
    objects.probe(7).await.expect("what doctor does");
}

#[tokio::test]
async fn a_folder_keeps_objects() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = ObjectsPlace::Folder(folder.path().join("objects"));
    contract(&Objects::open(&place).expect("a folder that is made")).await;
}

/// An S3 server of this process, on a port of its own.
async fn s3(folder: &std::path::Path, secret: &str) -> ObjectsPlace {
    std::fs::create_dir(folder.join("atelier")).expect("a bucket is a folder");
    let files = FileSystem::new(folder).expect("a file system");
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let service = builder.build();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = listener.local_addr().expect("its number").port();
    tokio::spawn(async move {
        let http = Arc::new(Builder::new(TokioExecutor::new()));
        while let Ok((socket, _)) = listener.accept().await {
            let (http, service) = (http.clone(), service.clone());
            tokio::spawn(async move {
                // A connection that breaks is the client's matter, and seen there.
                let _ = http.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    ObjectsPlace::S3(S3 {
        endpoint: format!("http://127.0.0.1:{port}").parse().expect("an address"),
        region: "auto".to_owned(),
        bucket: "atelier".to_owned(),
        access_key_id: SecretString::from(KEY),
        secret_access_key: SecretString::from(secret),
    })
}

#[tokio::test]
async fn s3_keeps_objects() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let place = s3(folder.path(), SECRET).await;
    contract(&Objects::open(&place).expect("an address")).await;
}

#[tokio::test]
async fn s3_with_a_wrong_secret_is_refused() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let place = s3(folder.path(), "wrongsecret0123456789").await;
    let objects = Objects::open(&place).expect("an address");
    let refused = objects.probe(7).await.expect_err("the signature is wrong");
    assert!(!refused.is_absent());
}
