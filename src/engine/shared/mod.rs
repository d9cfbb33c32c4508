//! What all tasks share: who is there, how to reach them, and buffers.

pub(crate) mod buffers;
pub(crate) mod context;
pub(crate) mod control;
pub(crate) mod delivery;
pub(crate) mod hosted;
pub(crate) mod locals;
