// clgan: generative adversarial networks on any OpenCL device. The whole public API.
#ifndef CLGAN_CLGAN_H
#define CLGAN_CLGAN_H

#include "clgan/checkpoint.h"
#include "clgan/classify.h"
#include "clgan/convert.h"
#include "clgan/device.h"
#include "clgan/encode.h"
#include "clgan/evaluate.h"
#include "clgan/features.h"
#include "clgan/foreign.h"
#include "clgan/image.h"
#include "clgan/layers.h"
#include "clgan/recipe.h"
#include "clgan/sample.h"
#include "clgan/sample_file.h"
#include "clgan/status.h"
#include "clgan/target.h"
#include "clgan/train.h"
#include "clgan/tune.h"
#include "clgan/version.h"

#endif
