//! See `backprose_fuzz::notebook`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backprose_fuzz::notebook(data));
