// What any file of another program must bear, for the targets of such files.
#ifndef GAN_TESTS_FUZZ_FOREIGN_H
#define GAN_TESTS_FUZZ_FOREIGN_H

// Opens the file and writes it in another format to nowhere, and plans it as .onnx; aborts where
// that ends in anything but OK or a bad input.
void fuzz_convert(const char *path);

#endif
