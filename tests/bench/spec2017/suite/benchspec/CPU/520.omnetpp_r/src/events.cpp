// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As in the benchmark of this name: what C++17 removed, and names of large files.
#include <memory>
#include <sys/stat.h>

struct Event {
    explicit Event(int t) throw() : time(t)
    {
    }
    int time;
};

static std::auto_ptr<Event> next(register int time) throw(int)
{
    return std::auto_ptr<Event>(new Event(time));
}

int main(int argc, char **)
{
    struct stat64 status;
    std::auto_ptr<Event> event = next(argc);

    if (stat64(".", &status) != 0 || ftello64(stdin) > 0)
        return 1;
    printf("time %d\nmean 0.3333333\n", event->time);
    return 0;
}
