// safetensors (github.com/huggingface/safetensors, "Format"): the length of a JSON header, the
// header with type, shape and place of each tensor, and strings under __metadata__; then the bytes
// of the tensors, without a hole. What its reader and writer share; their functions are the
// formats' in convert/bundle.h.
#ifndef GAN_CONVERT_SAFETENSORS_H
#define GAN_CONVERT_SAFETENSORS_H

#define GAN_SAFETENSORS_METADATA "__metadata__"
enum {
    GAN_SAFETENSORS_LENGTH = 8, // bytes of the header's length
    GAN_SAFETENSORS_HEADER_MAX = 100000000,
};

#endif
