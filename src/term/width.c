// How many columns characters take. The ranges are the blocks of Unicode 15 that matter: combining
// marks, East Asian wide and full-width characters, and emoji; not each single exception.
#include "term/terminal.h"

#include <stdint.h>

typedef struct range {
    uint32_t first, last;
} range;

static const range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},   {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x2064},   {0x20D0, 0x20F0},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

static const range double_width[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
};

static bool is_in(const range *ranges, size_t count, uint32_t point) {
    for (size_t i = 0; i < count; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last) return true;
    }
    return false;
}

static uint32_t code_point(const char *text, size_t length) {
    const unsigned char *byte = (const unsigned char *)text;
    if (length == 1) return byte[0];
    uint32_t point = byte[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) point = point << 6 | (byte[i] & 0x3FU);
    return point;
}

size_t gan__terminal_width(const char *string) {
    size_t columns = 0;
    while (*string) {
        size_t length = gan__text_utf8_length(string);
        uint32_t point = length ? code_point(string, length) : 0;
        if (is_in(double_width, sizeof double_width / sizeof *double_width, point)) {
            columns += 2;
        } else if (!is_in(zero_width, sizeof zero_width / sizeof *zero_width, point)) {
            columns += 1;
        }
        string += length ? length : 1;
    }
    return columns;
}
