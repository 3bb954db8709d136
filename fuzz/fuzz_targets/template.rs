//! See `backprose_fuzz::template`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backprose_fuzz::template(data));
