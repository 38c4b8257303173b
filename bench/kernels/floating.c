// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Floating point: a matrix product, an n-body step, a Fourier transform, the math library. */
#include <math.h>
#include <stdio.h>

enum { N = 224, BODIES = 24, POINTS = 1 << 14 };
static double a[N][N], b[N][N], c[N][N];
static struct {
    double x, y, z, vx, vy, vz, mass;
} body[BODIES];
static double re[POINTS], im[POINTS];

static void product(void)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            for (int j = 0; j < N; j++)
                c[i][j] += a[i][k] * b[k][j];
}

static void attract(double dt)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            double dx = body[i].x - body[j].x, dy = body[i].y - body[j].y,
                   dz = body[i].z - body[j].z;
            double d2 = dx * dx + dy * dy + dz * dz + 0.01, f = dt / (d2 * sqrt(d2));
            body[i].vx -= dx * body[j].mass * f;
            body[i].vy -= dy * body[j].mass * f;
            body[i].vz -= dz * body[j].mass * f;
            body[j].vx += dx * body[i].mass * f;
            body[j].vy += dy * body[i].mass * f;
            body[j].vz += dz * body[i].mass * f;
        }
    for (int i = 0; i < BODIES; i++) {
        body[i].x += dt * body[i].vx;
        body[i].y += dt * body[i].vy;
        body[i].z += dt * body[i].vz;
    }
}

static void transform(void)
{
    for (int i = 1, j = 0; i < POINTS; i++) {
        int bit = POINTS >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            double t = re[i];
            re[i] = re[j];
            re[j] = t;
            t = im[i];
            im[i] = im[j];
            im[j] = t;
        }
    }
    for (int length = 2; length <= POINTS; length <<= 1) {
        double angle = -2 * 3.14159265358979323846 / length, wr = cos(angle), wi = sin(angle);
        for (int i = 0; i < POINTS; i += length) {
            double ur = 1, ui = 0;
            for (int j = i; j < i + length / 2; j++) {
                int k = j + length / 2;
                double tr = re[k] * ur - im[k] * ui, ti = re[k] * ui + im[k] * ur, t = ur;
                re[k] = re[j] - tr;
                im[k] = im[j] - ti;
                re[j] += tr;
                im[j] += ti;
                ur = ur * wr - ui * wi;
                ui = t * wi + ui * wr;
            }
        }
    }
}

int main(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i * 7 + j) % 11 / 3.0;
            b[i][j] = (i + j * 5) % 13 / 7.0;
        }
    for (int i = 0; i < 24; i++)
        product();
    printf("%.9e\n", c[17][42]);
    for (int i = 0; i < BODIES; i++) {
        body[i].x = i % 5 * 1.5;
        body[i].y = i % 7 * 1.25;
        body[i].z = i % 3;
        body[i].mass = 1 + i % 4;
    }
    for (int i = 0; i < 40000; i++)
        attract(0.0001);
    printf("%.9e %.9e\n", body[0].x, body[23].vz);
    for (int i = 0; i < POINTS; i++)
        re[i] = i % 100 / 100.0;
    for (int i = 0; i < 24; i++)
        transform();
    printf("%.6e\n", re[1] + im[3]);
    double sum = 0;
    for (int i = 1; i < 1200000; i++)
        sum += sin(i * 0.001) * exp(-i * 1e-6) + log(i) + pow(i, 0.3);
    printf("%.9e\n", sum);
    return 0;
}
