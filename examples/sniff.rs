//! Writes every picture that callers send into a folder, whatever protocol it comes in:
//! `cargo run --example sniff -- 8000 folder`.

use std::{collections::HashMap, error::Error, fs, path::PathBuf, sync::mpsc, thread};

use socketlab::{
    engine::{Command, Engine, Notice},
    journal::Budget,
    model::{ListenConfig, ObjectId, Recipe, SessionId},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let port = args.next().map_or(Ok(0), |port| port.parse())?;
    let folder = args.next().map_or_else(std::env::temp_dir, PathBuf::from);
    // The engine calls this when something is new, and not again before it has been told that all is read.
    let (wake, news) = mpsc::sync_channel(1);
    let (engine, mut notices) = Engine::start(Budget::default(), move || _ = wake.try_send(()))?;
    let config = ListenConfig { port, recipe: Recipe::DISCARD, ..ListenConfig::default() };
    engine.send(Command::Listen { session: SessionId(1), config })?;
    thread::Builder::new().name("notices".into()).spawn(move || {
        while let Some(notice) = notices.blocking_recv() {
            if let Notice::Listening { local, .. } = notice {
                println!("send pictures to {local}");
            }
        }
    })?;
    // A picture is in the store while it comes in, and grows there.
    let mut written: HashMap<ObjectId, u32> = HashMap::new();
    while news.recv().is_ok() {
        engine.drained();
        for object in engine.objects().newest(100) {
            let Some(picture) = &object.content.picture else { continue };
            if written.insert(object.id, object.version) != Some(object.version) {
                let path = folder.join(format!("{:04}.{}", object.id, picture.extension));
                fs::write(&path, &object.content.bytes)?;
                println!("{}: {} bytes from {}", path.display(), object.content.bytes.len(), object.content.name);
            }
        }
    }
    Ok(())
}
