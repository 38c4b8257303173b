// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>

#define V3 __attribute__((target("avx2,fma,bmi,bmi2,lzcnt,popcnt,movbe,f16c"), noinline))

V3 static float dot(const float *a, const float *b, int n)
{
    __m256 sum = _mm256_setzero_ps();
    for (int i = 0; i < n; i += 8)
        sum = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), sum);
    __m128 low = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
    low = _mm_hadd_ps(low, low);
    return _mm_cvtss_f32(_mm_hadd_ps(low, low));
}

V3 static int64_t gather(const int32_t *table, const int32_t *indices)
{
    __m256i index = _mm256_loadu_si256((const __m256i *)indices);
    __m256i found = _mm256_i32gather_epi32(table, index, 4);
    int32_t out[8];
    _mm256_storeu_si256((__m256i *)out, found);
    int64_t sum = 0;
    for (int i = 0; i < 8; i++)
        sum = sum * 10 + out[i];
    return sum;
}

V3 static void masked(int32_t *to, const int32_t *from, int n)
{
    int32_t bits[8];
    for (int i = 0; i < 8; i++)
        bits[i] = i < n ? -1 : 0;
    __m256i mask = _mm256_loadu_si256((const __m256i *)bits);
    _mm256_maskstore_epi32(to, mask, _mm256_maskload_epi32(from, mask));
}

V3 static int count_byte(const char *text, int n, char c)
{
    int count = 0;
    for (int i = 0; i < n; i += 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(text + i));
        count += _mm_popcnt_u32(
            (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(c))));
    }
    return count;
}

V3 static uint64_t bits(uint64_t x)
{
    return _pdep_u64(x, 0x0f0f0f0f0f0f0f0f) ^ _pext_u64(x, 0xff00ff00ff00ff00) ^ _lzcnt_u64(x) ^
           _tzcnt_u64(x) ^ _blsr_u64(x) ^ _andn_u64(x, 0xffff) ^ _bzhi_u64(x, 20) ^
           _mulx_u64(x, x, (unsigned long long[1]){0});
}

V3 static float half(float x)
{
    return _cvtsh_ss(_cvtss_sh(x, 0));
}

V3 static double shuffle(const double *d)
{
    __m256d v = _mm256_permute4x64_pd(_mm256_loadu_pd(d), 0x1b);
    __m256d w = _mm256_blend_pd(v, _mm256_broadcast_sd(d), 5);
    double out[4];
    _mm256_storeu_pd(out, _mm256_mul_pd(w, v));
    return out[0] + 10 * out[1] + 100 * out[2] + 1000 * out[3];
}

int main(void)
{
    if (!__builtin_cpu_supports("avx2")) {
        puts("no AVX2");
        return 1;
    }
    float a[64], b[64];
    for (int i = 0; i < 64; i++) {
        a[i] = (float)i;
        b[i] = (float)(i % 5);
    }
    int32_t table[100], indices[8] = {3, 1, 4, 1, 5, 9, 2, 6}, to[8] = {0};
    for (int i = 0; i < 100; i++)
        table[i] = i;
    masked(to, table + 10, 5);
    char text[128];
    for (int i = 0; i < 128; i++)
        text[i] = "abcdefg"[i % 7];
    printf("%.1f %lld %d %d %d\n", dot(a, b, 64), (long long)gather(table, indices), to[4], to[5],
           count_byte(text, 128, 'c'));
    printf("%016llx %.4f %.1f\n", (unsigned long long)bits(0x123456789abcdef0), half(3.14159f),
           shuffle((const double[]){1, 2, 3, 4}));
}
