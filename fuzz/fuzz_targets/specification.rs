//! See `backprose_fuzz::specification`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| backprose_fuzz::specification(data));
