//! Fixed reply.

use std::sync::Arc;

use crate::{
    model::{
        Encoding,
        compose::{ComposeError, Notation, Options, Template, Turn},
    },
    respond::responder::{Answer, Responder},
};

/// Answers every message with the same bytes, or with the next ones of a text with fields.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    template: Arc<Template>,
    /// What it is where it has no fields.
    fixed: Option<Arc<[u8]>>,
    /// Answers so far.
    round: u64,
}

impl Reply {
    /// A reply with the bytes of `text` in that encoding.
    pub(super) fn new(text: &str, options: Options, encoding: Encoding) -> Result<Self, ComposeError> {
        let template = Template::new(text, Notation::Text, &options, encoding)?;
        let fixed = (!template.has_fields()).then(|| template.fill(&Turn::now(0)).bytes.into());
        Ok(Self { template: Arc::new(template), fixed, round: 0 })
    }
}

impl Responder for Reply {
    fn answer(&mut self, _: &mut [u8]) -> Answer {
        let next = || self.template.fill(&Turn::now(self.round)).bytes.into();
        let bytes = self.fixed.clone().unwrap_or_else(next);
        self.round += 1;
        Answer::Bytes(bytes)
    }
}
