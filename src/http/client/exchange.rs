//! One request over one stream, until the answer has ended in one way or another.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    time::{Instant, timeout},
};

use crate::{
    http::client::{
        chain::Chain,
        outside::{Ask, BodySink, Cut, Limits, Log, outside},
        reader::Reader,
        unpacking::Unpacking,
        upload::Upload,
        watched::{Moved, Watched},
    },
    model::{Arrival, Errno, Failure, FetchConfig, Interim, Operation, Page, Reason},
    words::{Phrase, exact_size, phrase},
};

/// How long more may take from what is not HTTP: nobody can tell when it is over.
const FOREIGN: Duration = Duration::from_secs(5);
/// How long bytes are waited for that come after the end of an answer.
const SURPLUS: Duration = Duration::from_millis(15);
/// What is read of the body of an answer that is not the last one.
const REDIRECT: u64 = 64 << 10;
/// Asked of the stream at once.
const PIECE: usize = 64 << 10;

/// Whether more is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    No,
    /// Nothing more comes.
    Ended,
    /// We take no more: what is missing is not the server's doing.
    Left,
}

/// An exchange on its way.
pub struct Exchange<'a, B, L> {
    config: &'a FetchConfig,
    log: &'a L,
    sink: B,
    limits: Limits<'a>,
    stopped: bool,
    page: Page,
    began: Instant,
    reader: Reader,
    unpacking: Unpacking,
    remarks: Vec<Phrase>,
    /// What other requests of the chain left, and this one leaves.
    chain: Option<&'a mut Chain>,
    /// The request that follows this answer.
    next: Option<FetchConfig>,
    has_head: bool,
    /// A person said that a large body is welcome.
    allowed: bool,
    over: Over,
    /// What a `send` was told when the connection was torn down: the system says it once, and `recv` finds an end only.
    torn: Option<Failure>,
    /// When bytes last moved, or silence began for another reason.
    moved: Arc<Moved>,
}

impl<'a, B: BodySink, L: Log + Ask> Exchange<'a, B, L> {
    /// The exchange that `page` begins with: the request, and when it `began`.
    pub fn new(config: &'a FetchConfig, log: &'a L, sink: B, page: Page, began: Instant, limits: Limits<'a>) -> Self {
        Self {
            reader: Reader::new(page.is_head_only),
            config,
            log,
            sink,
            limits,
            stopped: false,
            page,
            began,
            unpacking: Unpacking::default(),
            remarks: Vec::new(),
            chain: None,
            next: None,
            has_head: false,
            allowed: false,
            over: Over::No,
            torn: None,
            moved: Arc::new(Moved::since(began)),
        }
    }

    /// What the requests of a chain leave to one another; without it nothing is kept.
    #[must_use]
    pub fn in_chain(mut self, chain: &'a mut Chain) -> Self {
        self.chain = Some(chain);
        self
    }

    /// Says something of the request that a person should know.
    pub fn remark(&mut self, words: Phrase) {
        self.remarks.push(words);
    }

    /// What became of it: the answer, and the request that follows.
    pub fn into_page(self) -> (Page, Option<FetchConfig>) {
        (self.page, self.next)
    }

    /// Sends the request and takes the answer.
    ///
    /// # Errors
    ///
    /// After which there is nothing to show.
    pub async fn run<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: S, upload: Upload) -> Result<(), Failure> {
        self.moved.now();
        let stream = Watched::new(stream, &self.moved);
        let (mut input, mut output) = tokio::io::split(stream);
        let config = self.config;
        let head = self.page.request.clone();
        let all = head.len() as u64 + upload.length();
        let sent = AtomicU64::new(0);
        let mut buffer = BytesMut::with_capacity(PIECE);
        let result = {
            let mut sending = std::pin::pin!(upload.send(&head, &config.url, &mut output, &sent));
            let mut is_sending = true;
            loop {
                let step = tokio::select! {
                    biased;
                    read = input.read_buf(&mut buffer) => Some(read),
                    result = &mut sending, if is_sending => {
                        is_sending = false;
                        match result {
                            Ok(()) => self.page.timeline.sent = Some(since(self.began)),
                            // The answer may say why the rest was not taken.
                            Err(failure) if failure.operation == Operation::Send => self.unsent(&failure, &sent, all),
                            Err(failure) => break Err(self.trouble(failure)),
                        }
                        continue;
                    }
                    cut = self.cut() => {
                        break self.cut_off(&cut).await;
                    }
                };
                let done = match step {
                    Some(Ok(0)) | None => self.ended().await,
                    Some(Ok(_)) => self.take(&mut buffer).await,
                    Some(Err(error)) => self.broke(&error).await,
                };
                if done.is_err() || self.over != Over::No {
                    break done;
                }
            }
        };
        if result.is_ok() && self.reader.is_done() && !self.page.is_cut_short {
            buffer.clear();
            if let Ok(Ok(count)) = timeout(SURPLUS, input.read_buf(&mut buffer)).await
                && count > 0
            {
                self.keep_wire(&buffer);
                self.reader.feed(&buffer, &mut Vec::new());
            }
        }
        if self.over != Over::Left {
            self.reader.end(&mut Vec::new());
        }
        self.finish().await.and(result)
    }

    /// Waits for what ends an exchange from outside, and for silence.
    async fn cut(&mut self) -> Cut {
        let limit = match self.page.wire_length {
            0 => self.config.first_byte_timeout,
            _ if self.reader.is_foreign() => self.config.idle_timeout.min(FOREIGN),
            _ => self.config.idle_timeout,
        };
        tokio::select! {
            () = self.moved.silence(limit) => Cut::Silence(limit),
            cut = outside(&mut self.limits, &mut self.stopped) => cut,
        }
    }

    /// What ended it, in words.
    fn why(&self, cut: &Cut) -> Phrase {
        cut.words(self.page.wire_length, self.config.whole_timeout.unwrap_or_default())
    }

    async fn cut_off(&mut self, cut: &Cut) -> Result<(), Failure> {
        let words = self.why(cut);
        if self.page.wire_length == 0 {
            let code = if matches!(cut, Cut::Stopped) { Errno::ECANCELED } else { Errno::ETIMEDOUT };
            let failure = Failure::named(Operation::Http, &self.config.url, code).because(Reason::said(words));
            return Err(self.trouble(failure));
        }
        // Of what is not HTTP nobody can say that something is missing.
        self.page.is_cut_short |= !(matches!(cut, Cut::Silence(_)) && self.reader.is_foreign());
        self.remarks.push(words);
        self.ended().await
    }

    /// It was ended while somebody took what had come.
    fn left_by(&mut self, cut: &Cut) {
        if !self.page.is_cut_short {
            self.page.is_cut_short = true;
            let words = self.why(cut);
            self.remarks.push(words);
        }
        self.over = Over::Left;
    }

    /// The connection brought an error.
    async fn broke(&mut self, error: &io::Error) -> Result<(), Failure> {
        let failure = self.log.broke(error);
        if self.page.wire_length == 0 {
            return Err(failure);
        }
        self.page.is_cut_short = true;
        self.remarks.push(phrase!("the connection broke: {why}").saying("why", failure.meaning()));
        self.ended().await
    }

    /// Nothing more comes.
    async fn ended(&mut self) -> Result<(), Failure> {
        if self.page.wire_length == 0 {
            if let Some(torn) = self.torn.take() {
                return Err(torn);
            }
            let words = phrase!("the server closed the connection without an answer");
            let hint =
                phrase!("servers do that to what they do not understand: check the port, and whether it wants https");
            let failure = Failure::named(Operation::Http, &self.config.url, Errno::Http)
                .because(Reason::Said { words, hint: Some(hint) });
            return Err(self.trouble(failure));
        }
        let mut body = Vec::new();
        self.reader.end(&mut body);
        self.over = Over::Ended;
        self.page.timeline.last.get_or_insert_with(|| since(self.began));
        self.digest(body).await
    }

    /// Bytes came.
    async fn take(&mut self, buffer: &mut BytesMut) -> Result<(), Failure> {
        let now = since(self.began);
        self.page.timeline.first.get_or_insert(now);
        self.page.timeline.last = Some(now);
        self.keep_wire(buffer);
        let mut body = Vec::new();
        self.reader.feed(buffer, &mut body);
        buffer.clear();
        self.digest(body).await?;
        if self.over == Over::No && self.reader.is_done() {
            self.over = Over::Ended;
        }
        Ok(())
    }

    fn keep_wire(&mut self, bytes: &[u8]) {
        let room = Page::WIRE.saturating_sub(self.page.wire.len()).min(bytes.len());
        self.page.wire.extend_from_slice(bytes.get(..room).unwrap_or_default());
        self.page.wire_length += bytes.len() as u64;
    }

    /// Body that came, without its chunks.
    async fn digest(&mut self, body: Vec<u8>) -> Result<(), Failure> {
        if !self.has_head && self.reader.head().is_some() {
            self.has_head = true;
            self.take_head().await?;
        }
        if self.over == Over::Left {
            return Ok(());
        }
        if !self.unpacking.is_needed() {
            return self.put(body).await;
        }
        self.unpack(Some(body)).await
    }

    /// Takes compressed body, or its end.
    async fn unpack(&mut self, packed: Option<Vec<u8>>) -> Result<(), Failure> {
        let is_end = packed.is_none();
        let Some(unpacked) = self.unpacking.feed(packed, self.page.length == 0) else { return Ok(()) };
        self.page.packed = unpacked.packed;
        self.remarks.extend(unpacked.fault);
        self.page.is_cut_short |= unpacked.is_broken;
        if unpacked.is_broken && !is_end {
            self.over = Over::Left;
        }
        self.put(unpacked.data).await
    }

    /// Body that came, without its compression.
    async fn put(&mut self, data: Vec<u8>) -> Result<(), Failure> {
        if data.is_empty() {
            return Ok(());
        }
        if self.next.is_some() {
            self.page.length += data.len() as u64;
            self.hand_on(&data).await?;
            // More is not worth the wait for the answer that counts.
            if self.page.length >= REDIRECT {
                self.over = Over::Left;
            }
            return Ok(());
        }
        self.put_wanted(&data).await
    }

    /// Gives body to whoever takes it, which may take as long as it likes, but for what ends the exchange. `None` when no
    /// more of it is taken.
    async fn hand_on(&mut self, data: &[u8]) -> Result<Option<bool>, Failure> {
        let cut = tokio::select! {
            biased;
            taken = self.sink.take(data) => match taken {
                Ok(taken) => {
                    // Who was not read meanwhile was not silent.
                    self.moved.now();
                    return Ok(Some(taken));
                }
                // Whoever read along has gone.
                Err(failure) if failure.is(Errno::EPIPE) => return Err(self.trouble(failure)),
                Err(failure) => {
                    self.lost(&failure);
                    return Ok(None);
                }
            },
            cut = outside(&mut self.limits, &mut self.stopped) => cut,
        };
        self.left_by(&cut);
        Ok(None)
    }

    /// The body could not be put away: what came is shown all the same, and what was kept stays.
    fn lost(&mut self, failure: &Failure) {
        self.log.trouble(failure);
        self.page.is_cut_short = true;
        self.remarks.push(failure.phrase());
        self.over = Over::Left;
    }

    async fn take_head(&mut self) -> Result<(), Failure> {
        let Some(head) = self.reader.head().cloned() else { return Ok(()) };
        self.page.head_length = self.reader.head_length();
        self.turn(&head);
        self.page.interim = self
            .reader
            .interim()
            .iter()
            .map(|head| Interim { start_line: head.start_line.clone(), headers: head.headers.clone() })
            .collect();
        self.page.start_line = head.start_line;
        self.page.status = head.status;
        self.page.headers = head.headers;
        if self.next.is_some() {
            return Ok(());
        }
        if !self.page.is_head_only {
            let encoding = self.page.header("content-encoding").unwrap_or_default();
            match Unpacking::of(encoding) {
                Ok(unpacking) if self.config.decompress => self.unpacking = unpacking,
                Ok(unpacking) => self.remarks.extend(unpacking.left_undone()),
                Err(words) => self.remarks.push(words),
            }
        }
        let head = Page { arrival: Arrival::Coming, remarks: self.said(), ..self.page.clone() };
        self.log.head(head).await;
        if self.config.only_success && self.page.status >= 400 {
            self.remarks.push(phrase!("the body was left: only one of a success was wanted"));
            self.over = Over::Left;
            return Ok(());
        }
        // Before a file of that name is replaced.
        if self.reader.promised().is_some_and(|length| length > self.room()) && !self.ask(Arrival::Asking).await {
            return Ok(());
        }
        tokio::select! {
            biased;
            begun = self.sink.begin() => if let Err(failure) = begun { return Err(self.trouble(failure)) },
            cut = outside(&mut self.limits, &mut self.stopped) => self.left_by(&cut),
        }
        Ok(())
    }

    /// Puts away what is left, and says what is wrong.
    async fn finish(&mut self) -> Result<(), Failure> {
        if self.over != Over::Left && !self.reader.is_cut_short() && !self.page.is_cut_short {
            self.unpack(None).await?;
        }
        let kept = self.sink.finish().await;
        if let Some(failure) = &kept.failure {
            self.lost(failure);
        }
        self.page.is_cut_short |= self.reader.is_cut_short();
        self.page.body = kept.body;
        if let Some((path, length)) = kept.saved {
            if length != self.page.length || self.page.is_cut_short {
                let (path, length) = (path.display(), exact_size(length));
                self.remarks.push(phrase!("{length} of the body are in {path}", length = length, path = path));
            }
            self.page.length = length;
            self.page.saved = Some(path);
        }
        self.page.surplus = self.reader.surplus().to_vec();
        self.page.trailers = self.reader.trailers().to_vec();
        self.page.remarks = self.said();
        self.page.micros = self.page.timeline.last.unwrap_or_else(|| since(self.began));
        for remark in &self.page.remarks {
            self.log.remark(remark);
        }
        Ok(())
    }

    /// What is wrong: with the bytes, then with the rest.
    fn said(&self) -> Vec<Phrase> {
        self.reader.remarks().iter().chain(&self.remarks).cloned().collect()
    }

    fn unsent(&mut self, failure: &Failure, sent: &AtomicU64, all: u64) {
        self.log.trouble(failure);
        self.torn = Some(failure.clone()).filter(|failure| failure.is(Errno::ECONNRESET));
        let took = phrase!(
            "the server took only {sent} of the request’s {all}: {why}",
            sent = exact_size(sent.load(Ordering::Relaxed)),
            all = exact_size(all)
        );
        self.remarks.push(took.saying("why", failure.meaning()));
    }

    fn trouble(&self, failure: Failure) -> Failure {
        self.log.trouble(&failure);
        failure
    }
}

fn since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

mod large;
mod turn;

#[cfg(test)]
mod tests;
