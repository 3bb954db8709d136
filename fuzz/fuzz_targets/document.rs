//! See `backprose_fuzz::document`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backprose_fuzz::document(data));
