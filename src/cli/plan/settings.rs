//! What holds for every command.

use std::{path::PathBuf, time::Duration};

use crate::{
    cli::{
        args::{Common, PayloadForm},
        output::{Payload, Style},
    },
    words::Language,
};

#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Settings {
    /// Lines of JSON have standard output.
    pub json: bool,
    pub log_file: Option<PathBuf>,
    pub style: Style,
    pub max_seconds: Option<Duration>,
    /// Bytes that records and pictures may take.
    pub memory: Option<u64>,
}

impl Settings {
    pub(super) fn new(common: &Common) -> Self {
        let payload = match common.payload {
            PayloadForm::None => Payload::None,
            PayloadForm::Text => Payload::Text,
            PayloadForm::Hex => Payload::Hex,
            PayloadForm::Base64 => Payload::Base64,
        };
        Self {
            json: common.json,
            log_file: common.log_file.clone(),
            style: Style { payload, encoding: common.encoding, language: common.lang.unwrap_or(Language::ENGLISH) },
            max_seconds: common.max_seconds,
            memory: common.memory,
        }
    }
}
