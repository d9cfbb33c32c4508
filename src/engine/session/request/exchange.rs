//! One request over one connection, until the answer has ended in one way or another.

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
    io::AsyncReadExt,
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::{
    engine::{
        Notice,
        net::wire::BoxWire,
        observe::{lifecycle::Life, recorder::Recorder, tap::Tap},
        session::request::{
            Fetch, since,
            sink::{Patience, Sink},
            upload::Upload,
        },
        shared::control::UrgentReceiver,
    },
    http::{
        client::{Reader, follow},
        message::Unpacker,
    },
    journal::Connection,
    model::{Arrival, Detail, Errno, Event, Failure, FetchConfig, Note, Operation, Page, Reason},
    words::{Phrase, exact_size, phrase, span, text},
};

/// How long more may take from what is not HTTP: nobody can tell when it is over.
const FOREIGN: Duration = Duration::from_secs(5);
/// How long bytes are waited for that come after the end of an answer.
const SURPLUS: Duration = Duration::from_millis(15);
/// What is read of the body of an answer that is not the last one.
const REDIRECT: u64 = 64 << 10;
/// Asked of the socket at once.
const PIECE: usize = 64 << 10;

/// What ended an exchange before the answer said so.
enum Cut {
    Silence(Duration),
    Deadline,
    Stopped,
}

/// Whether more is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    No,
    /// Nothing more comes.
    Ended,
    /// We take no more: what is missing is not the server's doing.
    Left,
}

pub(super) struct Exchange<'a> {
    pub(super) fetch: &'a Fetch<'a>,
    config: &'a FetchConfig,
    life: &'a Arc<Life>,
    pub(super) signal: &'a UrgentReceiver,
    pub(super) page: Page,
    began: Instant,
    reader: Reader,
    pub(super) sink: Sink,
    unpacker: Option<Unpacker>,
    /// What the unpacker took before anything came out of it.
    packed: Vec<u8>,
    pub(super) remarks: Vec<String>,
    /// The request that follows this answer.
    next: Option<FetchConfig>,
    has_head: bool,
    /// A person said that a large body is welcome.
    pub(super) allowed: bool,
    over: Over,
    /// When silence began at the earliest, in the journal's time.
    pub(super) quiet: u64,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(
        fetch: &'a Fetch<'a>,
        config: &'a FetchConfig,
        life: &'a Arc<Life>,
        signal: &'a UrgentReceiver,
        page: Page,
        began: Instant,
    ) -> Self {
        Self {
            reader: Reader::new(page.is_head_only),
            fetch,
            config,
            life,
            signal,
            page,
            began,
            sink: Sink::new(&fetch.context.objects, life.connection()),
            unpacker: None,
            packed: Vec::new(),
            remarks: Vec::new(),
            next: None,
            has_head: false,
            allowed: config.output.is_some(),
            over: Over::No,
            quiet: 0,
        }
    }

    /// What became of it: the answer, and the request that follows.
    pub(super) fn into_page(self) -> (Page, Option<FetchConfig>) {
        (self.page, self.next)
    }

    /// Sends the request and takes the answer. An error is one after which there is nothing to show.
    pub(super) async fn run(&mut self, stream: BoxWire, upload: Upload) -> Result<(), Failure> {
        // Inbound pictures are taken from the body: on the wire a chunked body has lengths in between.
        let tap = Tap::new(stream, self.life, Recorder::blind(), Recorder::new(&self.fetch.context.objects));
        let (mut input, mut output) = tokio::io::split(tap);
        let head = self.page.request.clone();
        let all = head.len() as u64 + upload.length();
        let sent = AtomicU64::new(0);
        let mut buffer = BytesMut::with_capacity(PIECE);
        let result = {
            let mut sending = std::pin::pin!(upload.send(&head, &mut output, &sent));
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
        input.unsplit(output).into_inner();
        self.finish().await.and(result)
    }

    pub(super) fn connection(&self) -> &'a Arc<Connection> {
        self.life.connection()
    }

    /// Waits for what ends an exchange from outside.
    async fn cut(&self) -> Cut {
        let limit = match self.page.wire_length {
            0 => self.config.first_byte_timeout,
            _ if self.reader.is_foreign() => self.config.idle_timeout.min(FOREIGN),
            _ => self.config.idle_timeout,
        };
        let deadline = async {
            match self.fetch.deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = silence(self.connection(), self.quiet, limit) => Cut::Silence(limit),
            () = deadline => Cut::Deadline,
            () = self.fetch.stop.cancelled() => Cut::Stopped,
            _ = self.signal.end() => Cut::Stopped,
        }
    }

    async fn cut_off(&mut self, cut: &Cut) -> Result<(), Failure> {
        let shown = |limit: Duration| span(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX));
        let came = self.page.wire_length > 0;
        let words = match cut {
            Cut::Stopped if !came => phrase!("stopped before anything came"),
            Cut::Stopped => phrase!("stopped after {length}", length = exact_size(self.page.wire_length)),
            Cut::Silence(limit) if !came => {
                phrase!("the connection stands, but nothing came for {span}", span = shown(*limit))
            }
            Cut::Silence(limit) => phrase!("nothing more came for {span}", span = shown(*limit)),
            Cut::Deadline => {
                let limit = self.config.whole_timeout.unwrap_or_default();
                phrase!("it was not done within {span}", span = shown(limit))
            }
        };
        if !came {
            let code = if matches!(cut, Cut::Stopped) { Errno::ECANCELED } else { Errno::ETIMEDOUT };
            let failure = Failure::named(Operation::Http, &self.config.url, code).because(Reason::said(words));
            return Err(self.trouble(failure));
        }
        // Of what is not HTTP nobody can say that something is missing.
        self.page.is_cut_short |= !(matches!(cut, Cut::Silence(_)) && self.reader.is_foreign());
        self.remarks.push(words.to_string());
        self.ended().await
    }

    /// The connection brought an error.
    async fn broke(&mut self, error: &io::Error) -> Result<(), Failure> {
        let failure = self.life.failed(Operation::Recv, error);
        if self.page.wire_length == 0 {
            return Err(failure);
        }
        self.page.is_cut_short = true;
        self.remarks.push(text!("the connection broke: {why}", why = failure.message()));
        self.ended().await
    }

    /// Nothing more comes.
    async fn ended(&mut self) -> Result<(), Failure> {
        if self.page.wire_length == 0 {
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

    pub(super) fn leave(&mut self) {
        self.over = Over::Left;
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
        if self.unpacker.is_none() {
            return self.put(body).await;
        }
        self.unpack(Some(body)).await
    }

    /// Takes compressed body, or its end.
    async fn unpack(&mut self, packed: Option<Vec<u8>>) -> Result<(), Failure> {
        let Some(unpacker) = &mut self.unpacker else { return Ok(()) };
        let mut out = Vec::new();
        let result = match &packed {
            Some(packed) => unpacker.feed(packed, &mut out),
            None => unpacker.finish(&mut out),
        };
        if unpacker.taken() == 0 {
            return Ok(());
        }
        self.page.packed = Some((unpacker.name().to_owned(), unpacker.taken()));
        let is_new = self.page.length == 0 && out.is_empty();
        let Err(words) = result else {
            if is_new && self.packed.len() < PIECE {
                self.packed.extend(packed.unwrap_or_default());
            } else {
                self.packed.clear();
            }
            return self.put(out).await;
        };
        if is_new && self.packed.len() < PIECE {
            // It never was what the head says.
            self.page.packed = None;
            let name = self.unpacker.take().map_or_else(String::new, |unpacker| unpacker.name().to_owned());
            self.remarks.push(text!("the head says {name}, and the body is not; it is shown as it came", name = name));
            let mut plain = std::mem::take(&mut self.packed);
            plain.extend(packed.unwrap_or_default());
            return self.put(plain).await;
        }
        self.page.is_cut_short = true;
        self.remarks.push(words);
        if packed.is_some() {
            self.leave();
        }
        self.put(out).await
    }

    /// Body that came, without its compression.
    async fn put(&mut self, data: Vec<u8>) -> Result<(), Failure> {
        if data.is_empty() {
            return Ok(());
        }
        if self.next.is_some() {
            self.page.length += data.len() as u64;
            self.sink.take(&data).await.map_err(|failure| self.trouble(failure))?;
            // More is not worth the wait for the answer that counts.
            if self.page.length >= REDIRECT {
                self.leave();
            }
            return Ok(());
        }
        let after = self.page.length + data.len() as u64;
        if after > self.config.max && !self.allowed && !self.ask(Arrival::Asking).await? {
            return Ok(());
        }
        let mut taken = self.sink.take(&data).await.map_err(|failure| self.trouble(failure))?;
        if !taken && self.ask(Arrival::Full).await? {
            taken = self.sink.take(&data).await.map_err(|failure| self.trouble(failure))?;
        }
        if taken {
            self.page.length = after;
        }
        Ok(())
    }

    async fn take_head(&mut self) -> Result<(), Failure> {
        let Some(head) = self.reader.head().cloned() else { return Ok(()) };
        self.page.head_length = self.reader.head_length();
        let hops = self.fetch.hops.len();
        match follow(self.config, &head) {
            Some(Ok((next, _))) if hops < usize::from(self.config.redirects) => {
                self.next = Some(next);
            }
            Some(Ok((next, _))) if self.config.redirects > 0 => self.remarks.push(text!(
                "{count} redirects were followed and no more; the next one is to {url}",
                count = hops,
                url = next.url
            )),
            Some(Err(why)) if self.config.redirects > 0 => self.remarks.push(why),
            _ => {}
        }
        self.page.start_line = head.start_line;
        self.page.status = head.status;
        self.page.headers = head.headers;
        if self.next.is_some() {
            return Ok(());
        }
        if self.config.decompress && !self.page.is_head_only {
            let encoding = self.page.header("content-encoding").unwrap_or_default();
            match Unpacker::new(encoding) {
                Ok(unpacker) => self.unpacker = unpacker,
                Err(words) => self.remarks.push(words),
            }
        }
        match (&self.config.output, &self.fetch.feed) {
            (Some(path), _) => self.sink.file(path, true).await.map_err(|failure| self.trouble(failure))?,
            (None, Some(feed)) => {
                let patience = Patience { deadline: self.fetch.deadline, stop: self.fetch.stop.clone() };
                self.sink.feed(feed.clone(), patience);
            }
            (None, None) => self.sink.store(),
        }
        let head = Page { arrival: Arrival::Coming, remarks: self.said(), ..self.page.clone() };
        self.fetch.context.tell(Notice::Head { session: self.fetch.session, page: Arc::new(head) }).await;
        match self.page.promised() {
            Some(length) if length > self.config.max && !self.allowed && !self.page.is_head_only => {
                self.ask(Arrival::Asking).await.map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// Puts away what is left, and writes down what is wrong.
    async fn finish(&mut self) -> Result<(), Failure> {
        if self.over != Over::Left && !self.reader.is_cut_short() && !self.page.is_cut_short {
            self.unpack(None).await?;
        }
        (self.page.body, self.page.saved) = self.sink.finish().await.map_err(|failure| self.trouble(failure))?;
        self.page.is_cut_short |= self.reader.is_cut_short();
        self.page.surplus = self.reader.surplus().to_vec();
        self.page.remarks = self.said();
        self.page.micros = self.page.timeline.last.unwrap_or_else(|| since(self.began));
        for remark in &self.page.remarks {
            let detail = Detail { note: Some(Note::Said(Phrase::verbatim(remark))), ..Detail::default() };
            self.connection().fact(Event::Remark, &detail, None);
        }
        Ok(())
    }

    /// What is wrong: with the bytes, then with the rest.
    pub(super) fn said(&self) -> Vec<String> {
        self.reader.remarks().iter().chain(&self.remarks).cloned().collect()
    }

    fn unsent(&mut self, failure: &Failure, sent: &AtomicU64, all: u64) {
        self.trouble(failure.clone());
        self.remarks.push(text!(
            "the server took only {sent} of the request’s {all}: {why}",
            sent = exact_size(sent.load(Ordering::Relaxed)),
            all = exact_size(all),
            why = failure.message()
        ));
    }

    pub(super) fn trouble(&self, failure: Failure) -> Failure {
        self.life.trouble(&failure);
        failure
    }
}

/// Waits until nothing has moved for `limit`, neither way.
async fn silence(connection: &Connection, from: u64, limit: Duration) {
    loop {
        let since = connection.active().max(from);
        let quiet = Duration::from_nanos(connection.journal().monotonic().saturating_sub(since));
        match limit.checked_sub(quiet) {
            Some(left) if !left.is_zero() => sleep(left).await,
            _ => return,
        }
    }
}
