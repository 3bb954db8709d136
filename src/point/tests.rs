//! Values and limits of small systems.
