use std::{
    path::Path,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use futures_util::future::BoxFuture;
use tokio::io::ReadBuf;

use super::*;
use crate::{http::client::outside::Kept, model::Large};

/// A stream whose first `write` is told of the reset, and whose `read` finds an end after it, as Linux has it.
#[derive(Default)]
struct Torn {
    errno: i32,
    told: bool,
    reader: Option<Waker>,
}

impl AsyncRead for Torn {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.told {
            return Poll::Ready(Ok(()));
        }
        self.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl AsyncWrite for Torn {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        self.told = true;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        Poll::Ready(Err(io::Error::from_raw_os_error(self.errno)))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Nobody;

impl Log for Nobody {
    fn trouble(&self, _: &Failure) {}

    fn broke(&self, error: &io::Error) -> Failure {
        Failure::new(Operation::Recv, "peer", error)
    }

    fn remark(&self, _: &Phrase) {}

    fn head(&self, _: Page) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

impl Ask for Nobody {
    fn ask(&self, _: Page) -> BoxFuture<'_, Large> {
        Box::pin(async { Large::Stop })
    }
}

impl BodySink for Nobody {
    async fn begin(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    async fn save(&mut self, _: &Path) -> Result<(), Failure> {
        Ok(())
    }

    async fn take(&mut self, _: &[u8]) -> Result<bool, Failure> {
        Ok(true)
    }

    async fn finish(&mut self) -> Kept {
        Kept::default()
    }
}

/// What a person is told when the first `write` brings this error.
async fn outcome(error: Errno) -> Failure {
    let config = FetchConfig { url: "http://a/".to_owned(), ..FetchConfig::default() };
    let page = Page { request: "POST / HTTP/1.1\r\n\r\n".to_owned(), ..Page::default() };
    let mut stop = pin!(std::future::pending());
    let limits = Limits { deadline: None, stop: stop.as_mut(), hops: 0 };
    let mut exchange = Exchange::new(&config, &Nobody, Nobody, page, Instant::now(), limits);
    let upload = Upload::open(Vec::new()).await.unwrap();
    let stream = Torn { errno: error.number(), ..Torn::default() };
    exchange.run(stream, upload).await.unwrap_err()
}

#[tokio::test]
async fn a_reset_that_the_sender_is_told_of_is_not_called_a_close_without_an_answer() {
    let torn = outcome(Errno::ECONNRESET).await;
    assert_eq!((torn.operation, torn.error), (Operation::Send, Errno::ECONNRESET), "{torn}");
    // Where there was a FIN, it was a close.
    let closed = outcome(Errno::EPIPE).await;
    assert_eq!((closed.operation, closed.error), (Operation::Http, Errno::Http), "{closed}");
}

#[test]
fn a_file_takes_what_the_head_promises_and_not_for_ever_what_has_no_end() {
    let room = |max, output: Option<&str>, head: &[u8]| {
        let config = FetchConfig { max, output: output.map(Into::into), ..FetchConfig::default() };
        let mut stop = pin!(std::future::pending());
        let limits = Limits { deadline: None, stop: stop.as_mut(), hops: 0 };
        let mut exchange = Exchange::new(&config, &Nobody, Nobody, Page::default(), Instant::now(), limits);
        exchange.reader.feed(head, &mut Vec::new());
        exchange.room()
    };
    let (long, unended) = (b"HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n");
    assert_eq!((room(None, None, long), room(None, None, unended)), (FetchConfig::MAX, FetchConfig::MAX));
    assert_eq!((room(None, Some("f"), long), room(None, Some("f"), unended)), (u64::MAX, FetchConfig::UNENDED));
    assert_eq!((room(Some(7), Some("f"), long), room(Some(7), None, unended)), (7, 7));
}
