//! HTTP/1.1 with as little work as possible, so that what is measured is the other side.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How many bytes of messages went to the platform, and came from it.
#[derive(Default)]
pub struct Traffic {
    to: AtomicU64,
    from: AtomicU64,
}

impl Traffic {
    pub fn count(&self, to: usize, from: usize) {
        self.to.fetch_add(to as u64, Ordering::Relaxed);
        self.from.fetch_add(from as u64, Ordering::Relaxed);
    }

    /// Both ways.
    pub fn bytes(&self) -> u64 {
        self.to.load(Ordering::Relaxed) + self.from.load(Ordering::Relaxed)
    }
}

/// A connection on which one message at a time is read, and written.
pub struct Wire {
    stream: TcpStream,
    bytes: Vec<u8>,
    /// Where in `bytes` the head and the body of the current message end.
    head: usize,
    end: usize,
}

impl Wire {
    pub fn new(stream: TcpStream) -> std::io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, bytes: Vec::with_capacity(8_192), head: 0, end: 0 })
    }

    pub async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads the next message whole; false at the end of the connection.
    pub async fn read(&mut self) -> std::io::Result<bool> {
        self.bytes.drain(..self.end);
        (self.head, self.end) = (0, 0);
        loop {
            if let Some(at) = self.bytes.windows(4).position(|it| it == b"\r\n\r\n") {
                self.head = at + 4;
                match length(&self.bytes[..at]) {
                    Length::Known(length) => self.end = self.head + length,
                    Length::Chunks => return self.read_chunks().await,
                }
                break;
            }
            if !self.more().await? {
                return Ok(false);
            }
        }
        while self.bytes.len() < self.end {
            if !self.more().await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Finds the end of a body in chunks (RFC 9112, 7.1), which stay as they came.
    async fn read_chunks(&mut self) -> std::io::Result<bool> {
        let mut at = self.head;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let Some(line) = rest.windows(2).position(|it| it == b"\r\n") else {
                if !self.more().await? {
                    return Ok(false);
                }
                continue;
            };
            let digits = std::str::from_utf8(&rest[..line]).unwrap_or_default();
            let size = usize::from_str_radix(digits, 16).map_err(std::io::Error::other)?;
            at += line + 2 + size + 2;
            while self.bytes.len() < at {
                if !self.more().await? {
                    return Ok(false);
                }
            }
            if size == 0 {
                self.end = at;
                return Ok(true);
            }
        }
    }

    /// The first line of the message that was read.
    pub fn first_line(&self) -> &str {
        let head = std::str::from_utf8(&self.bytes[..self.head]).unwrap_or_default();
        head.lines().next().unwrap_or_default()
    }

    pub fn body(&self) -> &[u8] {
        &self.bytes[self.head..self.end]
    }

    /// How many bytes the message had, head and body.
    pub fn length(&self) -> usize {
        self.end
    }

    async fn more(&mut self) -> std::io::Result<bool> {
        Ok(self.stream.read_buf(&mut self.bytes).await? != 0)
    }
}

enum Length {
    Known(usize),
    Chunks,
}

fn length(head: &[u8]) -> Length {
    let head = std::str::from_utf8(head).unwrap_or_default();
    let given = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim())
        })
    };
    match given("transfer-encoding") {
        Some(_) => Length::Chunks,
        None => {
            let length = given("content-length").and_then(|it| it.parse().ok());
            Length::Known(length.unwrap_or_default())
        }
    }
}
