// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <arm_neon.h>
#include <stdint.h>
#include <stdio.h>

static float dot(const float *a, const float *b, int n)
{
    float32x4_t sum = vdupq_n_f32(0);
    for (int i = 0; i < n; i += 4)
        sum = vfmaq_f32(sum, vld1q_f32(a + i), vld1q_f32(b + i));
    return vaddvq_f32(sum);
}

/* Structure loads and stores, of all registers and of single lanes. */
static void weave(uint8_t *to, const uint8_t *from)
{
    uint8x16x3_t pixels = vld3q_u8(from);
    uint8x16_t red = pixels.val[0];
    pixels.val[0] = pixels.val[2];
    pixels.val[2] = red;
    vst3q_u8(to, pixels);
    uint8x8x4_t lanes = {{vdup_n_u8(1), vdup_n_u8(2), vdup_n_u8(3), vdup_n_u8(4)}};
    lanes = vld4_lane_u8(from + 7, lanes, 5);
    vst4_lane_u8(to + 40, lanes, 5);
    vst4_lane_u8(to + 44, lanes, 4);
    vst1q_lane_u32((uint32_t *)(void *)to, vld1q_dup_u32((const uint32_t *)(const void *)from), 3);
}

static int count_byte(const uint8_t *text, int n, uint8_t c)
{
    int count = 0;
    for (int i = 0; i < n; i += 64) {
        uint8x16x4_t v = vld1q_u8_x4(text + i);
        for (int k = 0; k < 4; k++)
            count += vaddvq_u8(vshrq_n_u8(vceqq_u8(v.val[k], vdupq_n_u8(c)), 7));
    }
    return count;
}

static uint64_t table_lookup(const uint8_t *table, uint64_t indices)
{
    uint8x16x2_t t = vld1q_u8_x2(table);
    return vget_lane_u64(vreinterpret_u64_u8(vqtbl2_u8(t, vcreate_u8(indices))), 0);
}

int main(void)
{
    float a[64], b[64];
    uint8_t text[128], woven[48];
    for (int i = 0; i < 64; i++) {
        a[i] = (float)i;
        b[i] = (float)(i % 5);
    }
    for (int i = 0; i < 128; i++)
        text[i] = (uint8_t) "abcdefg"[i % 7];
    weave(woven, text);
    printf("%.1f %d %.44s\n", dot(a, b, 64), count_byte(text, 128, 'c'), (char *)woven);
    for (int i = 44; i < 48; i++)
        printf("%d ", woven[i]);
    printf("%016llx\n", (unsigned long long)table_lookup(text, 0xff1f10040302011e));
}
