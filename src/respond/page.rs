//! An answer that is sent as it stands: HTTP as one writes it by hand.

use std::{sync::Arc, time::Duration};

use crate::{
    model::{Encoding, Insert, RawPage, Unencodable},
    respond::responder::{Answer, Responder},
};

/// Answers one request and ends.
#[derive(Clone, Debug)]
pub(super) struct Page {
    text: Arc<[u8]>,
    insert: Option<Insert>,
    /// What stands before the file of `insert`.
    head: Arc<[u8]>,
}

impl Page {
    pub(super) fn new(page: &RawPage, encoding: Encoding) -> Result<Self, Unencodable> {
        let head = page.insert.as_ref().map_or("", |insert| insert.head.as_str());
        Ok(Self {
            text: encoding.encode(&page.text)?.into(),
            insert: page.insert.clone(),
            head: encoding.encode(head)?.into(),
        })
    }
}

impl Responder for Page {
    fn answer(&mut self, request: &mut [u8]) -> Answer {
        let mut words = request.split(|byte| *byte == b' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match &self.insert {
            Some(insert)
                if method == b"GET" && path == insert.path.as_bytes() && insert.file.as_os_str().is_empty() =>
            {
                let bytes = [&self.head, crate::respond::sample::PICTURE].concat();
                Answer::Timed { bytes: Some(bytes.into()), delay: Duration::ZERO, ends: true }
            }
            Some(insert) if method == b"GET" && path == insert.path.as_bytes() => Answer::File {
                head: Arc::clone(&self.head),
                pause: Duration::ZERO,
                path: insert.file.clone(),
                length: None,
                ends: true,
            },
            _ => Answer::Timed { bytes: Some(Arc::clone(&self.text)), delay: Duration::ZERO, ends: true },
        }
    }
}
