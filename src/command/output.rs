//! Writing: whole files or nothing, never half of one.

use super::Stop;
use super::report::complain;
use backprose::writeup::harmless_lines;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes a file beside its place and then moves it there; what is there and is no file – a device,
/// a pipe – is written to as it stands.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), Stop> {
    let mut sink = Sink::new(Some(path))?;
    sink.push(contents)?;
    sink.finish()
}

/// Where a report goes as it grows: standard output, or a file that is in its place once it is whole.
pub struct Sink<'a> {
    file: Option<Growing<'a>>,
}

/// A file that is being written.
struct Growing<'a> {
    path: &'a Path,
    file: BufWriter<File>,
    /// Where it is written and where it belongs, if it is not in its place yet.
    beside: Option<(PathBuf, PathBuf)>,
}

impl<'a> Sink<'a> {
    /// A file, or standard output.
    pub fn new(path: Option<&'a Path>) -> Result<Sink<'a>, Stop> {
        let file = path.map(|path| Growing::new(path).map_err(|error| unwritten(path, &error))).transpose()?;
        Ok(Sink { file })
    }

    /// The next piece.
    pub fn push(&mut self, piece: impl AsRef<[u8]>) -> Result<(), Stop> {
        match &mut self.file {
            None => print(piece),
            Some(growing) => growing.file.write_all(piece.as_ref()).map_err(|error| unwritten(growing.path, &error)),
        }
    }

    /// Moves the file to its place.
    pub fn finish(self) -> Result<(), Stop> {
        let Some(mut growing) = self.file else { return Ok(()) };
        let moved = growing.file.flush().and_then(|()| match &growing.beside {
            Some((beside, place)) => std::fs::rename(beside, place),
            None => Ok(()),
        });
        moved.map_err(|error| unwritten(growing.path, &error))?;
        growing.beside = None;
        Ok(())
    }
}

impl<'a> Growing<'a> {
    fn new(path: &'a Path) -> std::io::Result<Growing<'a>> {
        let place = match std::fs::metadata(path) {
            Ok(found) if !found.is_file() => {
                let file = BufWriter::new(File::options().write(true).open(path)?);
                return Ok(Growing { path, file, beside: None });
            }
            Ok(_) => path.canonicalize()?,
            Err(_) => path.to_path_buf(),
        };
        let folder = place.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder.join(format!(".{name}.{}.part", std::process::id()));
        let file = BufWriter::new(File::create(&beside)?);
        Ok(Growing { path, file, beside: Some((beside, place)) })
    }
}

impl Drop for Growing<'_> {
    fn drop(&mut self) {
        if let Some((beside, _)) = &self.beside {
            let _ = std::fs::remove_file(beside);
        }
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Stop {
    complain(format!("{} cannot be written: {error}", path.display()), None);
    Stop::Unusable
}

/// Writes a file that is not there yet.
pub fn create(path: &Path, text: &str) -> Result<(), Stop> {
    if path.symlink_metadata().is_ok() {
        complain(format!("{} is there already", path.display()), Some("choose another name, or move it away"));
        return Err(Stop::Unusable);
    }
    write(path, text)
}

/// Prints text without colours, and without anything else that a terminal acts on.
pub fn print_plain(text: &str) -> Result<(), Stop> {
    print(harmless_lines(text))
}

/// Prints to standard output; a reader that has gone away is no error.
pub fn print(contents: impl AsRef<[u8]>) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    match out.write_all(contents.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(format!("standard output cannot be written: {error}"), None);
            Err(Stop::Unusable)
        }
        _ => Ok(()),
    }
}
