//! What connections, answers and sites all stand on.

pub(super) mod budget;
pub(super) mod disk;
pub(super) mod error;
pub(super) mod log;
pub(super) mod page_cache;
pub(super) mod stream;
