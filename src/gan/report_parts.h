// The files of src/gan/report/, part of the library since build time.
#ifndef GAN_GAN_REPORT_PARTS_H
#define GAN_GAN_REPORT_PARTS_H

// The text of report/<name>.*, or NULL when there is none.
const char *gan__report_part(const char *name);

#endif
