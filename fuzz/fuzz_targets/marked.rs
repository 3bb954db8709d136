//! See `backprose_fuzz::marked`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backprose_fuzz::marked(data));
